import t from 'tap';
import { CounterMemory } from '../../../receiver/history/counter-memory.ts';
import { leaveOutFallen } from '../../../receiver/history/leave-out-fallen.ts';
import { readValues } from '../../../receiver/history/read-values.ts';

const OLD = 2_400_000_000;

/**
 * The rate of each reading of a counter that is read once a second; undefined where it is not
 * known.
 */
function ratesOf(readings: readonly number[], boots: readonly string[] = []): (number | undefined)[] {
  const memory = new CounterMemory();
  return readings.map((value, second) => {
    let rate: number | undefined;
    const row = value === 0 ? [] : [value];
    const pair = memory.take({ up: 1000 + second, boot: boots[second] ?? 'a', net: { eth0: row } });
    readValues(pair, (name, found) => {
      if (name === 'net.rx:eth0') rate = found;
    });
    return rate;
  });
}

t.test('a counter that falls and comes back was a glitch: its rate is that since the old value', (t) => {
  const cases: readonly [string, readonly number[], readonly (number | undefined)[]][] = [
    ['it reads 0 once', [OLD, 0, OLD + 200, OLD + 300], [undefined, undefined, 100, 100]],
    ['it reads 0 three times', [OLD, 0, 0, 0, OLD + 400], [undefined, undefined, 0, 0, 100]],
    ['it falls to a half', [OLD, OLD / 2, OLD + 200], [undefined, undefined, 100]],
    ['it falls twice', [OLD, OLD / 2, 7, OLD + 300], [undefined, undefined, undefined, 100]],
    ['it comes back to a little less', [OLD, 0, OLD - 50, OLD + 50], [undefined, undefined, undefined, 100]],
    ['it counts on from 0 meanwhile', [OLD, 10, 30, OLD + 300], [undefined, undefined, 20, 100]],
    ['again after a second', [OLD, 0, OLD + 200, 0, OLD + 400], [undefined, undefined, 100, undefined, 100]],
  ];
  for (const [what, readings, rates] of cases) t.strictSame(ratesOf(readings), rates, what);
  t.end();
});

t.test('a counter that begins again at 0 keeps its rates', (t) => {
  const cases: readonly [string, readonly number[], readonly (number | undefined)[]][] = [
    ['it grows from 0', [OLD, 0, 500, 900], [undefined, undefined, 500, 400]],
    ['it grows beyond its young old value', [3000, 500, 1500, 3500], [undefined, undefined, 1000, 2000]],
    ['it stands still first', [OLD, 0, 0, 700], [undefined, undefined, 0, 700]],
    ['it wraps at 2^32', [2 ** 32 - 1e8, 2e7, 1.4e8], [undefined, undefined, 1.2e8]],
  ];
  for (const [what, readings, rates] of cases) t.strictSame(ratesOf(readings), rates, what);
  t.strictSame(
    ratesOf([OLD, 0, OLD], ['a', 'b', 'b']),
    [undefined, undefined, OLD],
    'what came before a reboot is not the old value',
  );
  t.end();
});

t.test('whoever takes rates from the newest sample is not given a counter that fell', (t) => {
  const memory = new CounterMemory();
  const given = [OLD, 0, OLD + 2, 0, 1, 2, 3, 4, 5, 6].map((value, second) => {
    const sample = { up: second + 1, boot: 'a', net: { eth0: [value, 7] }, paging: [value] };
    const pair = memory.take(sample);
    readValues(pair, () => undefined);
    const shown = leaveOutFallen(sample, memory.hasFallen ? pair.past : []);
    return JSON.stringify([shown['net'], shown['paging']]);
  });
  t.equal(given[0], `[{"eth0":[${OLD},7]},[${OLD}]]`);
  t.equal(given[1], '[{"eth0":[null,7]},[null]]');
  t.equal(given[2], `[{"eth0":[${OLD + 2},7]},[${OLD + 2}]]`);
  t.equal(given[5], '[{"eth0":[null,7]},[null]]');
  t.equal(given[9], '[{"eth0":[6,7]},[6]]', 'one that stays low began again');
  t.end();
});
