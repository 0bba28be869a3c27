import fc from 'fast-check';
import t from 'tap';
import { concerns } from '../../../receiver/rules/concerns.ts';
import { problemOf } from '../../../receiver/rules/problem-of.ts';
import { RuleEngine } from '../../../receiver/rules/rule-engine.ts';
import type { NamedRule, RuleChange } from '../../../receiver/rules/rules.ts';
import { DEFAULT_RULES, type RuleSettings } from '../../../shared/config/default-rules.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';

const SEED = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
const START_MS = Date.UTC(2026, 10, 20, 22);
const SEVEN = parseNodeName('7');

interface Watch {
  readonly engine: RuleEngine;
  /** `raise cpu:7` and the like, with the second in which it was told. */
  readonly told: string[];
  readonly changes: RuleChange[];
  /** Lets a value stand for some seconds, one look a second. */
  hold(series: string, value: number, seconds: number): void;
  nowMs(): number;
}

function watch(rules: Readonly<Record<string, RuleSettings>>, firing: readonly string[] = []): Watch {
  let nowMs = START_MS;
  const told: string[] = [];
  const changes: RuleChange[] = [];
  const tell = (kind: string, key: string) => told.push(`${(nowMs - START_MS) / 1000} ${kind} ${key}`);
  const engine = new RuleEngine({
    rules: Object.entries(rules).map(([name, rule]): NamedRule => ({ ...rule, name })),
    concerns: (rule, node) => concerns(rule, node, { '7': ['garage'] }),
    firing,
    nowMs,
    onChange(change) {
      changes.push(change);
      tell(change.kind, change.key);
    },
    onGone: (key) => void tell('gone', key),
  });
  return {
    ...{ engine, told, changes },
    nowMs: () => nowMs,
    hold(series, value, seconds) {
      for (let second = 0; second < seconds; second++) {
        nowMs += 1000;
        engine.take(SEVEN, series, value, nowMs);
        if ((nowMs / 1000) % 60 === 0) engine.tick(nowMs);
      }
    },
  };
}

function only(name: string, changes: Partial<RuleSettings> = {}): Readonly<Record<string, RuleSettings>> {
  const rule = DEFAULT_RULES[name];
  if (rule === undefined) throw new Error(`no rule ${name}`);
  return { [name]: { ...rule, ...changes } };
}

t.test(
  'each default rule is raised after its time beyond the threshold, and over after its time within',
  async (t) => {
    const cases: readonly (readonly [
      rule: string,
      series: string,
      bad: number,
      between: number,
      well: number,
    ])[] = [
      ['cpu', 'cpu.used', 0.96, 0.9, 0.5],
      ['memory', 'mem.ratio', 0.97, 0.92, 0.5],
      ['swap', 'swap.ratio', 0.9, 0.7, 0.1],
      ['load', 'load.per_cpu', 5, 3.5, 1],
      ['filesystem', 'fs.ratio:/var', 0.91, 0.89, 0.5],
      ['filesystem-critical', 'fs.ratio:/var', 0.98, 0.96, 0.5],
      ['inodes', 'fs.inodes:/var', 0.95, 0.89, 0.1],
      ['temperature', 'temp:cpu', 90, 80, 50],
      ['pressure', 'psi.io', 0.7, 0.5, 0.1],
      ['network-errors', 'net.errors:eth0', 20, 5, 0],
    ];
    for (const [name, series, bad, between, well] of cases) {
      const { for_seconds: forSeconds = 0, clear_for_seconds: clearForSeconds = 0 } =
        DEFAULT_RULES[name] ?? {};
      const { hold, told, changes } = watch(only(name));
      hold(series, well, 10);
      hold(series, bad, forSeconds);
      t.strictSame(told, [], `${name}: not yet`);
      hold(series, bad, 1);
      hold(series, between, 100);
      hold(series, well, clearForSeconds);
      t.equal(told.length, 1, `${name}: raised once; what lies between ends nothing`);
      hold(series, well, 1);
      const key = told[0]?.split(' ')[2];
      t.strictSame(told, [
        `${10 + forSeconds + 1} raise ${key}`,
        `${10 + forSeconds + 1 + 100 + clearForSeconds + 1} clear ${key}`,
      ]);
      const [raised] = changes;
      if (raised !== undefined)
        t.match(problemOf(raised), { node: '7', title: /^node 7: .{10,}/, detail: /raised at .* over at/ });
    }
  },
);

t.test('words are those that people use', async (t) => {
  const title = (name: string, series: string, value: number) => {
    const { hold, changes } = watch(only(name, { for_seconds: 0 }));
    hold(series, value, 1);
    const [change] = changes;
    return change === undefined ? undefined : problemOf(change).title;
  };
  t.equal(title('filesystem', 'fs.ratio:/var', 0.934), 'node 7: /var is 93 % full');
  t.equal(title('temperature', 'temp:nvme0', 91.4), 'node 7: nvme0 is at 91 °C');
  t.equal(title('pressure', 'psi.io', 0.75), 'node 7: programs wait for a disk 75 % of the time');
  t.equal(title('load', 'load.per_cpu', 6.12), 'node 7: the load is 6.1 for each processor');
});

t.test('a spike is no problem, and one that comes back while it is being cleared goes on', async (t) => {
  const { hold, told } = watch(only('memory'));
  hold('mem.ratio', 0.99, 60);
  hold('mem.ratio', 0.5, 5);
  hold('mem.ratio', 0.99, 119);
  t.strictSame(told, []);
  hold('mem.ratio', 0.99, 2);
  hold('mem.ratio', 0.5, 30);
  hold('mem.ratio', 0.93, 1);
  hold('mem.ratio', 0.5, 59);
  t.equal(told.length, 1, 'still firing');
  hold('mem.ratio', 0.5, 2);
  t.equal(told.length, 2);
});

t.test('a file system that fills is told of before it is full, by the line through six hours', async (t) => {
  const { engine, told, changes } = watch(only('filesystem-24h', { for_seconds: 0, clear_for_seconds: 0 }));
  const take = (minute: number, ratio: number) =>
    engine.take(SEVEN, 'fs.ratio:/', ratio, START_MS + minute * 60_000);
  // Two percent an hour, from a half: full in less than 24 h from the beginning.
  for (let minute = 0; minute < 59; minute++) take(minute, 0.5 + (minute / 60) * 0.02);
  t.strictSame(told, [], 'an hour of it has to be known');
  for (let minute = 59; minute < 120; minute++) take(minute, 0.5 + (minute / 60) * 0.02);
  const [raised] = changes;
  t.ok(raised !== undefined && Math.abs(raised.value - 24) < 0.7, `in ${raised?.value} hours`);
  t.match(raised && problemOf(raised).title, /^node 7: \/ will be full in about 2[34] h$/);
  for (let minute = 120; minute < 600; minute++) take(minute, 0.54);
  t.match(told.at(-1), 'clear filesystem-24h:7:/');
});

t.test('a clock that is off is found in spite of delays on the way, and backlog is none', async (t) => {
  const { engine, told } = watch(only('clock-skew', { for_seconds: 0 }));
  for (let second = 0; second < 600; second++) {
    const nowMs = START_MS + second * 1000;
    // Backlog: hours old at first, then as it should be.
    const delayMs = second < 30 ? 7_200_000 : (second % 7) * 1000;
    engine.arrived(SEVEN, nowMs - delayMs, nowMs);
  }
  t.strictSame(told, []);
  for (let second = 600; second < 1200; second++) {
    const nowMs = START_MS + second * 1000;
    engine.arrived(SEVEN, nowMs - 90_000 - (second % 7) * 1000, nowMs);
  }
  t.match(told, [/raise clock-skew:7$/]);
});

t.test('rules invariant 3: silence holds, a part that is gone is over', async (t) => {
  const { engine, hold, told, nowMs } = watch(only('filesystem', { for_seconds: 0 }));
  hold('fs.ratio:/mnt', 0.95, 5);
  const silentUntil = nowMs() + 3_600_000;
  engine.tick(silentUntil);
  t.equal(told.length, 1, 'the whole node is silent');
  const other = watch(only('filesystem', { for_seconds: 0 }));
  other.hold('fs.ratio:/mnt', 0.95, 5);
  other.hold('fs.ratio:/', 0.5, 540);
  t.equal(other.told.length, 1);
  other.hold('fs.ratio:/', 0.5, 180);
  t.match(other.told[1], /gone filesystem:7:\/mnt$/);
});

t.test('what was raised before a restart is not raised again, and ends', async (t) => {
  const keys = ['filesystem:7:/', 'filesystem:7:/gone', 'gone-rule:7'];
  const { hold, told } = watch(only('filesystem', { for_seconds: 0, clear_for_seconds: 0 }), keys);
  t.strictSame(told, ['0 gone gone-rule:7'], 'a rule that is no more');
  hold('fs.ratio:/', 0.95, 60);
  t.equal(told.length, 1);
  hold('fs.ratio:/', 0.5, 1);
  t.match(told[1], /clear filesystem:7:\/$/);
  hold('fs.ratio:/', 0.5, 700);
  t.match(told[2], /gone filesystem:7:\/gone$/);
});

t.test('a rule concerns the nodes that it names', async (t) => {
  const told = (nodes: readonly string[]) => {
    const { hold, told } = watch(only('cpu', { for_seconds: 0, nodes }));
    hold('cpu.used', 1, 1);
    return told.length;
  };
  t.strictSame([['7'], ['8'], ['*'], ['tag:garage'], ['tag:attic'], []].map(told), [1, 0, 1, 1, 0, 1]);
});

t.test(`rules invariants 1 and 2: whatever the values (seed ${SEED})`, async () => {
  const steps = fc.array(
    fc.tuple(fc.double({ min: 0, max: 1.2, noNaN: true }), fc.integer({ min: 1, max: 400 })),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 300 }), (values, forSeconds) => {
      const rules = only('filesystem', { for_seconds: forSeconds, clear_for_seconds: forSeconds });
      let nowMs = START_MS;
      let lastBeyondMs = Number.NaN;
      const changes: string[] = [];
      const engine = new RuleEngine({
        rules: Object.entries(rules).map(([name, rule]): NamedRule => ({ ...rule, name })),
        ...{ concerns: () => true, firing: [], nowMs, onGone: () => undefined },
        onChange(change) {
          changes.push(change.kind);
          if (change.kind === 'raise' && nowMs - lastBeyondMs < forSeconds * 1000)
            throw new Error('too early');
        },
      });
      for (const [value, seconds] of values) {
        nowMs += seconds * 1000;
        if (value < 0.9) lastBeyondMs = Number.NaN;
        else if (Number.isNaN(lastBeyondMs)) lastBeyondMs = nowMs;
        engine.take(SEVEN, 'fs.ratio:/', value, nowMs);
      }
      changes.forEach((kind, index) => {
        if (kind !== (index % 2 === 0 ? 'raise' : 'clear'))
          throw new Error(`not alternating: ${changes.join()}`);
      });
    }),
    { seed: SEED, numRuns: 500 },
  );
});

t.test('rules invariant 4: a node that makes up parts takes a bounded memory', async (t) => {
  const { engine } = watch(only('temperature', { for_seconds: 0 }));
  for (let part = 0; part < 20_000; part++) engine.take(SEVEN, `temp:${part}`, 99, START_MS);
  t.ok(engine.states().length <= 1000);
});
