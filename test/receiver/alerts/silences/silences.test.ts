import t from 'tap';
import { matchesPattern } from '../../../../receiver/alerts/silences/matches-pattern.ts';
import { parseNodeName } from '../../../../shared/names/node-name.ts';
import { startIncidents } from '../incidents/start-incidents.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

t.test('a pattern is a node, a rule or a key, with * and ?', async (t) => {
  const disconnect = { key: 'disconnect:lab-7', node: parseNodeName('lab-7') };
  for (const pattern of [
    'lab-7',
    'node-lab-7',
    'lab-*',
    'LAB-?',
    '*',
    'disconnect',
    'disconnect:*',
    '*:lab-7',
    'l*b*7',
  ]) {
    t.ok(matchesPattern(pattern, disconnect), pattern);
  }
  for (const pattern of [
    'lab',
    'lab-?-',
    '7',
    'lab-8',
    'connect',
    '',
    'disconnect:',
    'lab-7*8',
    'l?b',
    '[a-z]*',
  ]) {
    t.notOk(matchesPattern(pattern, disconnect), pattern || 'nothing');
  }
  t.ok(matchesPattern('seal', { key: 'seal 7' }), 'a rule ends at a blank as well');
  t.notOk(matchesPattern('7', { key: 'mirror' }));
  const began = process.cpuUsage();
  t.notOk(matchesPattern(`${'*a'.repeat(99)}b`, { key: 'a'.repeat(200) }));
  t.ok(process.cpuUsage(began).user < 1e6, 'no pattern takes long');
});

t.test(
  'incidents invariant 4: what begins under a silence is known, marked, and told by nobody',
  async (t) => {
    await using parts = startIncidents({ directory: t.testdir() });
    const silence = parts.silences.begin({ pattern: '7', forMs: 2 * HOUR_MS, why: 'moving', by: 'ann' });
    parts.up('7');
    parts.down('7');
    await parts.pass(HOUR_MS);
    t.match(parts.incidents.open(), [{ node: '7', told: 'nothing', silenceId: silence.id, isFiring: true }]);
    parts.up('7');
    await parts.pass(3 * HOUR_MS);
    t.same(parts.letters, []);
    t.same(parts.incidents.open(), []);
    t.match(parts.incidents.history(5), [{ node: '7', told: 'end', silenceId: silence.id }]);
  },
);

t.test('incidents invariant 4: what lasts when the silence ends is told then', async (t) => {
  await using parts = startIncidents({ directory: t.testdir() });
  parts.silences.begin({ pattern: '7', forMs: HOUR_MS, why: '', by: '' });
  const second = parts.silences.begin({ pattern: 'mirror', forMs: 5 * HOUR_MS, why: '', by: '' });
  parts.up('7');
  parts.up('8');
  parts.down('7');
  parts.down('8');
  parts.raise('mirror');
  await parts.pass(50 * MINUTE_MS);
  t.match(parts.letters, [{ subject: '[fleetkeep] node 8 (host-8) is down' }], 'others are told as ever');
  await parts.pass(11 * MINUTE_MS);
  t.match(parts.letters.at(-1)?.subject, '[fleetkeep] node 7 (host-7) is down');
  t.match(parts.letters.at(-1)?.text, 'since 2026-11-20 22:00:00 UTC');
  t.equal(parts.letters.length, 2);
  parts.silences.end(second.id);
  await parts.pass(MINUTE_MS);
  t.match(parts.letters.at(-1)?.subject, '[fleetkeep] mirror is wrong');
  parts.up('7');
  await parts.pass(MINUTE_MS);
  t.match(parts.letters.at(-1)?.text, /^Node 7 .*is back after/);
});

t.test(
  'incidents invariant 4: the end of what was told is told, silence or not, and no reminders',
  async (t) => {
    await using parts = startIncidents({ directory: t.testdir() });
    parts.raise('mirror', { severity: 'critical' });
    await parts.pass(MINUTE_MS);
    parts.silences.begin({ pattern: 'mirror', forMs: 50 * HOUR_MS, why: '', by: '' });
    await parts.pass(49 * HOUR_MS);
    t.equal(parts.letters.length, 1);
    parts.incidents.clear('mirror');
    await parts.pass(MINUTE_MS);
    t.match(parts.letters[1]?.text, /^Over: mirror/);
  },
);

t.test('silences outlive the receiver, and what they kept from being told does too', async (t) => {
  const directory = t.testdir();
  const first = startIncidents({ directory });
  const { clock } = first;
  const { id } = first.silences.begin({ pattern: 'mirror', forMs: HOUR_MS, why: 'new drive', by: 'ann' });
  first.raise('mirror');
  await first.pass(MINUTE_MS);
  await first[Symbol.asyncDispose]();

  await using second = startIncidents({ directory, clock });
  t.match(second.silences.active(), [{ id, pattern: 'mirror', why: 'new drive', by: 'ann' }]);
  await second.pass(30 * MINUTE_MS);
  t.same(second.letters, []);
  await second.pass(30 * MINUTE_MS);
  t.match(second.letters, [{ subject: '[fleetkeep] mirror is wrong' }]);
  t.same(second.silences.active(), []);
  t.throws(() => second.silences.end(id), { code: 'ALERT_UNKNOWN' }, 'it is over');
  t.throws(() => second.silences.end(77), { code: 'ALERT_UNKNOWN' });
});

t.test('a planned-off node that goes is told of by nobody, and is up again when it connects', async (t) => {
  await using parts = startIncidents({ directory: t.testdir() });
  const seven = parseNodeName('7');
  parts.up('7');
  parts.fleet.planOff([seven], { sinceMs: parts.clock.now(), untilMs: undefined, why: 'moving' });
  t.equal(parts.fleet.node(seven)?.state.kind, 'up', 'until it goes');
  parts.down('7');
  t.equal(parts.fleet.node(seven)?.state.kind, 'planned_off');
  await parts.pass(30 * HOUR_MS);
  t.same(parts.letters, []);
  parts.up('7');
  t.match(parts.fleet.node(seven), { state: { kind: 'up' }, plannedOff: undefined });
  parts.down('7');
  await parts.pass(MINUTE_MS);
  t.match(parts.letters, [{ subject: '[fleetkeep] node 7 (host-7) is down' }], 'once is once');

  parts.fleet.planOff([seven], { sinceMs: parts.clock.now(), untilMs: undefined, why: '' });
  await parts.pass(30 * HOUR_MS);
  t.equal(parts.letters.length, 1, 'said afterwards, it ends the incident without a word');
  t.same(parts.incidents.open(), []);
  parts.fleet.planOff([seven], undefined);
  await parts.pass(MINUTE_MS);
  t.equal(parts.letters.length, 2, 'it should be on, and is not');
});

t.test('a planned-off node that is not back in time is told of', async (t) => {
  const directory = t.testdir();
  const first = startIncidents({ directory });
  const { clock } = first;
  const untilMs = clock.now() + 2 * HOUR_MS;
  first.up('7');
  first.fleet.planOff([parseNodeName('7')], { sinceMs: clock.now(), untilMs, why: '' });
  first.down('7');
  await first.pass(HOUR_MS);
  await first[Symbol.asyncDispose]();

  await using second = startIncidents({ directory, clock });
  t.match(second.fleet.nodes(), [{ state: { kind: 'planned_off' }, plannedOff: { untilMs } }], 'on disk');
  await second.pass(59 * MINUTE_MS);
  t.same(second.letters, []);
  await second.pass(2 * MINUTE_MS);
  t.match(second.letters[0]?.text, 'It was planned to be off, but did not come back');
});

t.test('silences and plans last as long as was wanted, wherever the clock is set', async (t) => {
  await using parts = startIncidents({ directory: t.testdir() });
  const { clock, silences, fleet } = parts;
  const yearMs = 365 * 24 * HOUR_MS;
  clock.set(clock.now() + yearMs);
  const silence = silences.begin({ pattern: 'x', forMs: HOUR_MS, why: '', by: 'ann' });
  const early = silences.begin({ pattern: 'y', forMs: HOUR_MS, why: '', by: 'ann' });
  parts.up('7');
  fleet.planOff([parseNodeName('7')], {
    sinceMs: clock.now(),
    untilMs: clock.now() + HOUR_MS,
    why: '',
  });
  parts.down('7');
  clock.set(clock.now() - yearMs);
  silences.end(early.id);
  await parts.pass(55 * MINUTE_MS);
  t.match(silences.active(), [{ id: silence.id }]);
  t.equal(fleet.node(parseNodeName('7'))?.state.kind, 'planned_off');
  await parts.pass(6 * MINUTE_MS);
  t.strictSame(silences.active(), [], 'not for a year');
  t.equal(fleet.node(parseNodeName('7'))?.state.kind, 'down');

  silences.begin({ pattern: 'x', forMs: HOUR_MS, why: '', by: 'ann' });
  clock.set(clock.now() + yearMs);
  t.equal(silences.active().length, 1, 'nor does a clock that is ahead end one');
});
