import t from 'tap';
import { describeIncident } from '../../../../receiver/alerts/describe-incident.ts';
import { CALM_POLICY } from '../../../../receiver/alerts/incidents/calm-policy.ts';
import type { Problem } from '../../../../receiver/alerts/incidents/problems.ts';
import { renderAlerts } from '../../../../receiver/commands/render-alerts.ts';
import { createLogger } from '../../../../shared/logging/logger.ts';
import { parseNodeName } from '../../../../shared/names/node-name.ts';
import { type CalmOptions, startIncidents } from './start-incidents.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

type Tap = { testdir(): string };
const start = (t: Tap, more: Partial<CalmOptions> = {}) =>
  startIncidents({ directory: t.testdir(), ...more });

t.test('incidents invariant 3: reminders come after 4, 12, 24 hours and then daily', async (t) => {
  await using parts = start(t);
  parts.up('7');
  parts.down('7');
  await parts.pass(70 * HOUR_MS);
  t.same(
    parts.letters.map(({ atMs }) => Math.round(atMs / HOUR_MS)),
    [0, 4, 16, 40, 64],
  );
  t.equal(new Set(parts.letters.map(({ threadId }) => threadId)).size, 1, 'all in one thread');
  t.match(parts.letters[1]?.text, /^Still so after 4 h.*node 7 \(host-7\) is down/);
  t.match(parts.letters[1]?.text, 'fleetkeep-receiver alerts ack 1');
  parts.up('7');
  await parts.pass(MINUTE_MS);
  t.match(parts.letters.at(-1)?.text, /^Node 7 .*is back after/);
});

t.test('incidents invariant 3: nobody is reminded of what somebody takes care of', async (t) => {
  await using parts = start(t);
  parts.raise('mirror', { severity: 'critical' });
  await parts.pass(HOUR_MS);
  const atMs = parts.clock.now();
  const acknowledged = parts.incidents.acknowledge(1, { atMs, by: 'ann', note: 'new drive ordered' });
  t.match(acknowledged, { id: 1, acknowledged: { by: 'ann', note: 'new drive ordered' } });
  await parts.pass(100 * HOUR_MS);
  t.equal(parts.letters.length, 1);
  t.match(parts.incidents.open(), [{ key: 'mirror', acknowledged: { atMs, by: 'ann' } }]);
  parts.incidents.clear('mirror');
  await parts.pass(MINUTE_MS);
  t.match(parts.letters[1]?.text, /^Over: mirror/, 'but that it is over is told');
  t.equal(parts.incidents.acknowledge(1, { atMs, by: 'bob', note: '' }), undefined, 'what is over is over');
  t.equal(parts.incidents.acknowledge(99, { atMs, by: 'bob', note: '' }), undefined);
  t.match(parts.incidents.history(10), [{ key: 'mirror', acknowledged: { by: 'ann' } }]);
});

t.test('incidents invariant 2: what comes and goes becomes one incident «flapping»', async (t) => {
  await using parts = start(t);
  parts.up('7');
  for (let time = 0; time < 200; time += 1) {
    parts.down('7');
    await parts.pass(15 * SECOND_MS);
    parts.up('7');
    await parts.pass(30 * SECOND_MS);
  }
  const [flapping, ...none] = parts.letters.slice(6);
  t.same(none, [], 'three times down and back, and then one more mail');
  t.equal(flapping?.subject, '[fleetkeep] flapping: node 7 (host-7) is down');
  t.match(flapping?.text, /4 times since 2026-11-20 22:00:00 UTC/);
  t.match(parts.incidents.open(), [{ isFlapping: true, count: 200 }]);

  await parts.pass(40 * MINUTE_MS);
  t.equal(parts.letters.length, 8);
  const over = parts.letters[7];
  t.equal(over?.threadId, flapping?.threadId);
  t.match(over?.text, /^Quiet again/);
  t.match(over?.text, 'it began 200 times');
  t.same(parts.incidents.open(), []);
});

t.test(
  'incidents invariant 2: a node that flapped and stays down is down, and told of as back',
  async (t) => {
    await using parts = start(t);
    parts.up('7');
    for (let time = 0; time < 10; time += 1) {
      parts.down('7');
      await parts.pass(15 * SECOND_MS);
      parts.up('7');
      await parts.pass(30 * SECOND_MS);
    }
    parts.down('7');
    await parts.pass(35 * MINUTE_MS);
    t.match(parts.letters.at(-1)?.text, /^No longer flapping: it stays so/);
    const told = parts.letters.length;
    await parts.pass(4 * HOUR_MS);
    t.equal(parts.letters.length, told + 1);
    t.match(parts.letters.at(-1)?.text, /^Still so after/);
    parts.up('7');
    await parts.pass(MINUTE_MS);
    t.match(parts.letters.at(-1)?.text, /^Node 7 .*is back after/);
    t.same(parts.incidents.open(), []);
  },
);

t.test('incidents invariant 2: forty nodes behind a switch that flaps are one mail as well', async (t) => {
  await using parts = start(t);
  const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
  names.forEach(parts.up);
  for (let time = 0; time < 30; time += 1) {
    names.forEach(parts.down);
    await parts.pass(20 * SECOND_MS);
    names.forEach(parts.up);
    await parts.pass(60 * SECOND_MS);
  }
  t.equal(parts.letters.length, 7);
  t.equal(parts.letters[6]?.subject, '[fleetkeep] 40 things are flapping: node n0 (host-n0) is down, …');
  await parts.pass(HOUR_MS);
  t.equal(parts.letters.length, 8);
});

t.test('incidents invariant 2: the count outlives the receiver', async (t) => {
  const directory = t.testdir();
  let clock: CalmOptions['clock'];
  for (let run = 0; run < 8; run += 1) {
    await using parts = startIncidents({ directory, clock });
    clock = parts.clock;
    parts.raise('mirror');
    await parts.pass(10 * SECOND_MS);
    parts.incidents.clear('mirror');
    await parts.pass(10 * SECOND_MS);
    if (run < 3) t.equal(parts.letters.length, 2);
    else t.equal(parts.letters.length, run === 3 ? 1 : 0, `in run ${run}`);
  }
});

t.test('a mail about many lost nodes says what they share, and when it is hardly they', async (t) => {
  await using parts = start(t);
  const names = ['1', '2', '3', '4'];
  names.forEach(parts.up);
  names.slice(1).forEach(parts.down);
  await parts.pass(MINUTE_MS);
  t.match(parts.letters[0]?.text, '3 of the 4 nodes that were up are gone at once');
  t.match(parts.letters[0]?.text, 'the link of the receiver itself');
});

t.test('a problem that becomes worse is told once more, in its thread', async (t) => {
  await using parts = start(t);
  parts.raise('disk:7', { severity: 'warning', title: 'disk of node 7 is 91 % full' });
  await parts.pass(MINUTE_MS);
  parts.raise('disk:7', { severity: 'warning', title: 'disk of node 7 is 93 % full' });
  await parts.pass(MINUTE_MS);
  t.equal(parts.letters.length, 1, 'as bad as before is no news');
  for (const severity of ['critical', 'warning', 'critical'] as const) {
    parts.raise('disk:7', { severity, title: 'disk of node 7 is 99 % full' });
    await parts.pass(MINUTE_MS);
  }
  t.equal(parts.letters.length, 2);
  t.match(parts.letters[1]?.text, /^Now critical: disk of node 7 is 99 % full/);
  t.equal(parts.letters[1]?.threadId, parts.letters[0]?.threadId);
});

t.test('incidents invariant 5: what comes up in the quiet hours is one mail at their end', async (t) => {
  const quietHours = {
    fromMinute: 22 * 60,
    toMinute: 7 * 60,
    timeZone: 'UTC',
    severities: ['warning'],
  } as const;
  await using parts = start(t, { policy: { quietHours } });
  parts.raise('disk:7', { title: 'disk of node 7 is full' });
  parts.raise('cpu:7', { title: 'node 7 is busy' });
  parts.incidents.report({ key: 'auth', severity: 'warning', title: 'somebody knocked', detail: '' });
  await parts.pass(2 * HOUR_MS);
  parts.incidents.clear('cpu:7');
  await parts.pass(HOUR_MS);
  t.same(parts.letters, []);
  parts.raise('mirror', { severity: 'critical' });
  await parts.pass(MINUTE_MS);
  t.match(parts.letters, [{ subject: '[fleetkeep] mirror is wrong' }], 'what is critical does not wait');
  const atMs = parts.clock.now();
  parts.incidents.acknowledge(4, { atMs, by: 'ann', note: '' });

  await parts.pass(6 * HOUR_MS - 2 * MINUTE_MS);
  t.equal(parts.letters.length, 1);
  await parts.pass(2 * MINUTE_MS);
  t.equal(parts.letters.length, 2);
  const digest = parts.letters[1];
  t.equal(digest?.subject, '[fleetkeep] in the quiet hours: disk of node 7 is full and 2 more');
  t.match(digest?.text, 'Still so:\n  - disk of node 7 is full: warning, since 2026-11-20 22:00:00 UTC');
  t.match(digest?.text, '- node 7 is busy: warning, at 2026-11-20 22:00:00 UTC for 2 h');
  t.match(digest?.text, '- somebody knocked: warning, at');
  parts.incidents.clear('disk:7');
  await parts.pass(MINUTE_MS);
  t.equal(parts.letters[2]?.threadId, digest?.threadId, 'what lasted has its end in the thread of that mail');
  t.match(parts.letters[2]?.text, /^Over: disk of node 7/);
});

t.test('incidents invariant 5: an end in the quiet hours waits as well', async (t) => {
  const quietHours = { fromMinute: 23 * 60, toMinute: 60, timeZone: 'UTC', severities: ['warning'] } as const;
  await using parts = start(t, { policy: { quietHours } });
  parts.raise('disk:7');
  await parts.pass(70 * MINUTE_MS);
  parts.incidents.clear('disk:7');
  await parts.pass(MINUTE_MS);
  t.equal(parts.letters.length, 1);
  await parts.pass(2 * HOUR_MS);
  t.equal(parts.letters.length, 2);
  t.match(parts.letters[1]?.text, /^In the quiet hours: nothing lasts, 1 over/);
});

t.test('a severity that is not sent is in the history only, and news when it becomes worse', async (t) => {
  const { severities } = CALM_POLICY;
  const policy = { severities: { ...severities, info: { ...severities.info, isSent: false } } };
  await using parts = start(t, { policy });
  parts.raise('a', { severity: 'info' });
  await parts.pass(HOUR_MS);
  parts.incidents.clear('a');
  await parts.pass(HOUR_MS);
  t.same(parts.letters, []);
  t.match(parts.incidents.history(5), [{ key: 'a', told: 'end' }]);
  parts.raise('a', { severity: 'info' });
  await parts.pass(HOUR_MS);
  parts.raise('a', { severity: 'critical' });
  await parts.pass(HOUR_MS);
  parts.incidents.clear('a');
  await parts.pass(MINUTE_MS);
  t.equal(parts.letters.length, 2);
  t.equal(parts.letters[0]?.subject, '[fleetkeep] a is wrong');
  t.match(parts.letters[1]?.text, /^Over: a/);
});

t.test('recipients of their own get mails of their own', async (t) => {
  await using parts = start(t);
  parts.raise('a');
  parts.raise('b', { to: ['ann@example.org'] });
  parts.raise('c', { to: ['ann@example.org'] });
  await parts.pass(MINUTE_MS);
  t.match(parts.letters, [
    { subject: '[fleetkeep] a is wrong', to: undefined },
    { subject: '[fleetkeep] 2 problems: b is wrong, …', to: ['ann@example.org'] },
  ]);
});

t.test('a node that is forgotten while it is away is told of no more', async (t) => {
  await using parts = start(t);
  parts.up('7');
  parts.down('7');
  await parts.pass(MINUTE_MS);
  parts.fleet.forget(parseNodeName('7'));
  await parts.pass(48 * HOUR_MS);
  t.equal(parts.letters.length, 1);
  t.same(parts.incidents.open(), []);
});

t.test('a clock that is set back or ahead keeps nothing from being told', async (t) => {
  await using parts = start(t);
  parts.raise('a');
  await parts.pass(MINUTE_MS);
  parts.clock.set(Date.UTC(1970, 0, 1));
  parts.incidents.clear('a');
  parts.raise('b');
  await parts.pass(MINUTE_MS);
  t.equal(parts.letters.length, 3);
  parts.clock.set(Date.UTC(2026, 10, 20));
  parts.incidents.clear('b');
  await parts.pass(MINUTE_MS);
  t.match(parts.letters.at(-1)?.text, /^Over: b/);
  t.same(parts.incidents.open(), []);
});

t.test('the history is kept for as long as it is to be', async (t) => {
  await using parts = start(t, { policy: { historyMs: 24 * HOUR_MS } });
  parts.raise('a');
  parts.raise('b');
  await parts.pass(MINUTE_MS);
  parts.incidents.clear('a');
  await parts.pass(23 * HOUR_MS);
  t.same(
    parts.incidents.history(10).map(({ key }) => key),
    ['b', 'a'],
  );
  await parts.pass(3 * HOUR_MS);
  t.same(
    parts.incidents.history(10).map(({ key }) => key),
    ['b'],
  );
});

t.test('a problem that the disk does not take is kept, and logged once', async (t) => {
  const logged: string[] = [];
  const log = createLogger('silent');
  log.warn = (fields: unknown) => void logged.push((fields as Problem).key);
  await using parts = start(t, { log });
  const { transaction } = parts.store;
  const full = t.intercept(parts.store, 'transaction', {
    value: <T>(work: () => T) =>
      transaction(() => {
        work();
        throw new Error('database or disk is full');
      }),
  });
  parts.raise('storage');
  parts.incidents.clear('mirror');
  for (const severity of ['warning', 'critical'] as const) parts.raise('storage', { severity });
  for (let look = 0; look < 10; look++) await t.rejects(parts.incidents.tell());
  const listed = parts.incidents.open().map(describeIncident);
  t.match(listed, [
    {
      id: 0,
      state: 'firing',
      severity: 'critical',
      title: /cannot record or mail alerts: .*fleet\.db failed: database or disk is full/,
    },
    { id: -1, state: 'firing', severity: 'critical', title: 'storage is wrong', told: null },
  ]);
  t.notMatch(renderAlerts(listed, parts.clock.now()), /nothing is wrong/);
  full.restore();
  await parts.pass(MINUTE_MS);
  t.match(parts.incidents.open(), [{ id: 1, key: 'storage' }], 'and it is an alert like any other then');
  t.match(parts.letters, [{ subject: '[fleetkeep] storage is wrong' }]);
  t.strictSame(logged, ['storage']);
});

t.test('a loss that the disk does not take is not nothing', async (t) => {
  await using parts = start(t);
  parts.up('7');
  parts.down('7');
  const full = t.intercept(parts.store, 'transaction', {
    value() {
      throw new Error('database or disk is full');
    },
  });
  await t.rejects(parts.pass(MINUTE_MS));
  t.match(parts.incidents.open(), [{ id: 0, key: 'state-unwritten', isFiring: true }]);
  full.restore();
  await parts.pass(MINUTE_MS);
  t.match(parts.incidents.open(), [{ id: 1, node: '7' }]);
});
