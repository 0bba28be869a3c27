import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import t from 'tap';
import type { MailOptions } from '../../../receiver/alerts/alerts.ts';
import type { RecentLines } from '../../../receiver/alerts/mail/recent-lines.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.ts';
import { until } from '../../helpers/until.ts';
import {
  aNode,
  type ReceiverParts,
  type ReceiverPartsOptions,
  startReceiverParts,
} from './start-receiver-parts.ts';

const mail: MailOptions = { to: ['root@example.com'], from: 'fleetkeep@example.com' };

/** A receiver whose mails are files, on a clock that the test moves. */
function setUp(t: Tap, options: Partial<ReceiverPartsOptions> = {}) {
  const directory = t.testdir();
  const clock = fakeClock(Date.UTC(2026, 10, 20, 22));
  const start = (more: Partial<ReceiverPartsOptions> = {}) =>
    startReceiverParts({ directory, clock, mail, ...options, ...more });
  return { directory, clock, start };
}
type Tap = { testdir(): string };

/** The mails written so far, in their order. */
async function readMails(directory: string): Promise<Email[]> {
  const path = join(directory, 'mail');
  const names = readNames(path);
  return Promise.all(names.map((name) => PostalMime.parse(readFileSync(join(path, name)))));
}

function readNames(path: string): string[] {
  try {
    return readdirSync(path)
      .filter((name) => name.endsWith('.eml'))
      .sort();
  } catch {
    return [];
  }
}

/** Lets time pass and waits until the outbox is empty, so that what is not there now was never written. */
async function pass(clock: FakeClock, parts: ReceiverParts, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    await clock.advance(Math.min(500, left));
    await settle(parts);
  }
}

async function settle(parts: ReceiverParts): Promise<void> {
  await until(() => parts.alerts.state().pending === 0, {
    timeoutMs: 5_000,
    what: () => `an empty outbox: ${JSON.stringify(parts.alerts.state())}`,
  });
}

t.test('alerts invariant 3: a node that is back within the grace was never away', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  parts.connect('7');
  for (let restart = 0; restart < 3; restart += 1) {
    parts.disconnect('7', 'goodbye');
    await pass(clock, parts, 9_500);
    parts.connect('7');
    await pass(clock, parts, 30_000);
  }
  t.same(await readMails(directory), []);
});

t.test(
  'alerts invariant 2: a mail when a node is lost, one in the same thread when it is back',
  async (t) => {
    const sample = { t: '2026-11-20T21:59:59.000Z', load: [0.5, 0.25, 0.1] };
    const { directory, clock, start } = setUp(t, {
      readRecent: async () => ({ samples: [JSON.stringify(sample)], top: undefined }),
    });
    await using parts = start();
    parts.connect('7', { hostName: 'kitchen' });
    await pass(clock, parts, 5_000);
    parts.disconnect('7', 'timed_out');
    await pass(clock, parts, 9_500);
    t.same(await readMails(directory), [], 'not before the grace is over');
    await pass(clock, parts, 1_000);

    const [down, ...others] = await readMails(directory);
    t.same(others, []);
    t.equal(down?.subject, '[fleetkeep] node 7 (kitchen) is down');
    t.same(down?.to, [{ name: '', address: 'root@example.com' }]);
    t.equal(down?.from?.address, 'fleetkeep@example.com');
    t.match(down?.messageId, /^<incident-1\.1\.[0-9a-f]{8}@example\.com>$/);
    t.equal(header(down, 'auto-submitted'), 'auto-generated');
    t.equal(down?.inReplyTo, undefined);
    for (const body of [down?.text, down?.html]) {
      t.match(body, 'Node 7 (kitchen) is down since');
      t.match(body, '22:00:05 UTC');
      t.match(body, 'nothing came any more');
      t.match(body, '192.0.2.7');
      t.match(body, '0.50, 0.25, 0.10 (1, 5, 15 min)');
    }

    await pass(clock, parts, 241_500);
    parts.connect('7', { hostName: 'kitchen' });
    await pass(clock, parts, 5_000);
    const [, back, ...more] = await readMails(directory);
    t.same(more, []);
    t.equal(back?.subject, '[fleetkeep] node 7 (kitchen) is back after 4 min 12 s');
    t.match(down?.html, /<h1 style="[^"]*color:#d9333f/, 'red for the loss');
    t.match(back?.html, /<h1 style="[^"]*color:#1f9d55/, 'green for the return');
    t.equal(back?.inReplyTo, down?.messageId);
    t.equal(back?.references, down?.messageId);
    t.not(back?.messageId, down?.messageId);
    t.match(back?.text, 'Node 7 (kitchen) is back after 4 min 12 s.');
    t.notMatch(back?.text, 'measured', 'its log does not say');
    t.match(back?.text, 'same boot');
    t.match(back?.html, '4 min 12 s');

    await pass(clock, parts, 60_000);
    t.equal((await readMails(directory)).length, 2);
  },
);

t.test('how it ended, and whether the machine was restarted, is said in words', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  const ends = [
    ['closed', 'without a goodbye'],
    ['reset', 'was reset'],
    ['timed_out', 'timed out'],
    ['goodbye', 'said goodbye'],
    ['refused', 'The receiver ended the connection: disk full'],
    ['error', 'fault of the receiver'],
  ] as const;
  for (const [how, words] of ends) {
    // Each of its own: one that came and went so often would be flapping.
    const name = how.replace('_', '-');
    parts.connect(name, { bootId: `boot-before-${how}` });
    parts.disconnect(name, how, how === 'refused' ? 'disk full' : undefined);
    await pass(clock, parts, 11_000);
    t.match((await readMails(directory)).at(-1)?.text, words);
    parts.connect(name, { bootId: `boot-after-${how}` });
    await pass(clock, parts, 3_000);
    t.match((await readMails(directory)).at(-1)?.text, 'was restarted meanwhile');
  }
});

t.test(
  'alerts invariant 4: forty nodes lost at once are one mail, and their return is one too',
  async (t) => {
    const { directory, clock, start } = setUp(t);
    await using parts = start();
    const names = Array.from({ length: 40 }, (_, index) => `${index + 1}`);
    for (const name of [...names, 'other']) parts.connect(name);
    for (const name of names) {
      parts.disconnect(name);
      await clock.advance(30);
    }
    await pass(clock, parts, 30_000);
    const [down, ...others] = await readMails(directory);
    t.same(others, []);
    t.equal(down?.subject, '[fleetkeep] 40 nodes are down: 1, 2, 3, 4, 5 and 35 more');
    t.match(down?.text, /^40 of 41 nodes went down together at .*\.\n\nDown: 1, 2, 3, .*, 39, 40\.\n\n/);

    for (const name of names.slice(0, 39)) {
      parts.connect(name);
      await pass(clock, parts, 200);
    }
    await pass(clock, parts, 30_000);
    parts.connect('40');
    await pass(clock, parts, 30_000);
    const [, most, last, ...more] = await readMails(directory);
    t.same(more, []);
    t.match(most?.subject, '[fleetkeep] 39 nodes are back, 1 still down: 1, 2, 3, 4, 5 and 34 more');
    t.match(most?.text, /^39 nodes are back, the last after .*; still away: 40\.\n\nBack: 1, 2, 3, .*39\./);
    t.match(last?.subject, /^\[fleetkeep\] node 40 \(host-40\) is back after \d/);
    t.equal(last?.references, `${down?.messageId} ${most?.messageId}`);
  },
);

t.test('the mail about a node says which others are down already', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  parts.connect('3', { hostName: 'attic' });
  parts.connect('7');
  parts.disconnect('3');
  await pass(clock, parts, 60_000);
  parts.disconnect('7');
  await pass(clock, parts, 60_000);
  const [first, second] = await readMails(directory);
  t.notMatch(first?.text, 'Also down');
  t.match(second?.text, /Also down:\n {2}- node 3 \(attic\): since/);
});

t.test('a node that comes back only to go again is still away', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  parts.connect('7');
  parts.disconnect('7');
  await pass(clock, parts, 15_000);
  for (let flap = 0; flap < 5; flap += 1) {
    parts.connect('7');
    await pass(clock, parts, 1_000);
    parts.disconnect('7');
    await pass(clock, parts, 15_000);
  }
  t.equal((await readMails(directory)).length, 1);
  t.equal(parts.fleet.node(parseNodeName('7'))?.state.kind, 'down');
  parts.connect('7');
  await pass(clock, parts, 15_000);
  const [, back, ...more] = await readMails(directory);
  t.same(more, []);
  t.match(back?.subject, 'is back after 1 min 35 s', 'since it was first lost');
});

t.test('a jump of the clock neither ends a grace nor makes it longer', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  parts.connect('7');
  parts.disconnect('7');
  await pass(clock, parts, 1_000);
  clock.set(clock.now() + 3_600_000);
  await pass(clock, parts, 5_000);
  t.equal((await readMails(directory)).length, 0);
  clock.set(clock.now() - 7_200_000);
  await pass(clock, parts, 5_000);
  t.equal((await readMails(directory)).length, 1);
});

t.test('alerts invariant 3: a receiver that was away waits until every sender has tried again', async (t) => {
  const { directory, clock, start } = setUp(t);
  {
    await using parts = start();
    for (const name of ['1', '2', '3']) parts.connect(name);
    await pass(clock, parts, 10_000);
    parts.fleet.progress(
      ['1', '2', '3'].map((name) => ({
        node: parseNodeName(name),
        position: { segment: 1, offset: 1 },
        atMs: clock.now(),
      })),
    );
  }
  await clock.advance(180_000);
  await using parts = start();
  await pass(clock, parts, 3_000);
  parts.connect('1');
  await pass(clock, parts, 50_000);
  t.same(await readMails(directory), [], 'a quarter of three minutes, and a try that takes ten seconds');
  parts.connect('2');
  await pass(clock, parts, 5_000);
  const [down, ...others] = await readMails(directory);
  t.same(others, [], 'those that came back were never away');
  t.equal(down?.subject, '[fleetkeep] node 3 (host-3) is down');
  t.match(down?.text, /is down since .*22:00:10 UTC/, 'when it was last seen');
  t.match(down?.text, 'while the receiver itself was not running');
});

t.test('alerts invariant 3: a machine that was suspended waits for its senders', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  for (const name of ['1', '2']) parts.connect(name);
  await pass(clock, parts, 10_000);
  clock.suspend(180_000);
  for (const name of ['1', '2']) parts.disconnect(name);
  await pass(clock, parts, 50_000);
  parts.connect('1');
  t.same(await readMails(directory), []);
  await pass(clock, parts, 10_000);
  t.match(await readMails(directory), [{ subject: /node 2 \(host-2\) is down/ }]);
});

t.test('a node that comes back while the receiver is starting, or is reloading, is back', async (t) => {
  const { directory, clock, start } = setUp(t);
  {
    await using parts = start();
    for (const name of ['7', '8', '9']) parts.connect(name);
    for (const name of ['7', '8', '9']) parts.disconnect(name);
    await pass(clock, parts, 15_000);
    t.equal((await readMails(directory)).length, 1);
  }
  await using parts = start({ early: ['7'] });
  await pass(clock, parts, 30_000);
  await parts.reload(() => parts.connect('8'));
  await pass(clock, parts, 30_000);
  t.match(parts.alerts.incidents.open(), [{ node: '9' }], 'only the other one is away');
  const [, ...back] = await readMails(directory);
  t.match(back, [{ text: / back .*still away: 8, 9/ }, { text: / back .*still away: 9/ }]);
});

t.test('what the administrator was told outlives the receiver', async (t) => {
  const { directory, clock, start } = setUp(t);
  {
    await using parts = start();
    parts.connect('7');
    parts.connect('8');
    parts.disconnect('7');
    await pass(clock, parts, 15_000);
  }
  {
    await using parts = start();
    parts.connect('8');
    await pass(clock, parts, 60_000);
    t.equal((await readMails(directory)).length, 1, 'a node that was down is not told of again');
  }
  await using parts = start();
  parts.connect('8');
  parts.connect('7', { bootId: 'boot-2' });
  await pass(clock, parts, 5_000);
  const [down, back, ...more] = await readMails(directory);
  t.same(more, []);
  t.equal(back?.inReplyTo, down?.messageId);
  t.match(back?.text, 'is back after 1 min 15 s');
  t.match(back?.text, 'was restarted meanwhile');
});

t.test('the last values are left out when they cannot be read, or not soon', async (t) => {
  const stuck = Promise.withResolvers<RecentLines>();
  const { directory, clock, start } = setUp(t, {
    readRecent: async (node) => {
      if (node === '1') throw new Error('I/O error');
      return node === '2' ? stuck.promise : { samples: ['{"load":[1]}'], top: undefined };
    },
  });
  await using parts = start();
  for (const name of ['1', '2', '3']) {
    parts.connect(name);
    parts.disconnect(name);
  }
  await pass(clock, parts, 15_000);
  const [down] = await readMails(directory);
  t.match(down?.subject, '3 nodes are down');
  t.match(down?.text, 'Last values of node 3');
  t.notMatch(down?.text, 'Last values of node 1');
  t.notMatch(down?.text, 'Last values of node 2');
});

t.test('a node that returns while its mail is being prepared is not told of', async (t) => {
  const reading = Promise.withResolvers<RecentLines | undefined>();
  const { directory, clock, start } = setUp(t, { readRecent: () => reading.promise });
  await using parts = start();
  parts.connect('7');
  parts.disconnect('7');
  await clock.advance(10_500);
  parts.connect('7');
  reading.resolve(undefined);
  await pass(clock, parts, 15_000);
  t.same(await readMails(directory), []);
});

t.test('alerts invariant 6: a hostile host name adds neither header nor recipient nor markup', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  parts.connect('7', {
    hostName: 'x\r\nBcc: evil@example.com\r\n\r\n<img src=http://evil>',
    version: '1\nX-Evil: 1',
    address: '<b>1',
  });
  parts.disconnect('7', 'refused', '</td><script>alert(1)</script>\r\n.\r\n');
  await pass(clock, parts, 15_000);
  const [down] = await readMails(directory);
  t.same(down?.to?.length, 1);
  t.equal(down?.bcc, undefined);
  t.equal(header(down, 'x-evil'), undefined);
  t.same(
    down?.headers.map(({ key }) => key).filter((key) => !KNOWN_HEADERS.includes(key)),
    [],
  );
  t.notMatch(down?.html, /<script|<img|<b>1/);
  t.match(down?.html, '&lt;script&gt;');
});

const KNOWN_HEADERS = [
  ...['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type'],
  ...['auto-submitted', 'x-auto-response-suppress', 'list-id'],
];

t.test('alerts invariant 2: a problem is told when it begins and when it is over', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  const problem = {
    key: 'mirror',
    severity: 'critical',
    title: 'the mirror on the second drive is refused: no drive is mounted there',
    detail: 'Nothing was copied.\nMount the drive.',
  } as const;
  for (let hour = 0; hour < 3; hour += 1) {
    parts.alerts.raise(problem);
    await pass(clock, parts, 5_000);
  }
  const [begun, ...others] = await readMails(directory);
  t.same(others, [], 'one mail while it lasts');
  t.match(begun?.subject, '[fleetkeep] the mirror on the second drive is refused');
  t.match(begun?.text, 'Nothing was copied.\n\nMount the drive.');

  parts.alerts.clear('mirror');
  parts.alerts.clear('mirror');
  await pass(clock, parts, 5_000);
  const [, over, ...more] = await readMails(directory);
  t.same(more, []);
  t.equal(over?.inReplyTo, begun?.messageId);
  t.match(over?.text, 'Over: the mirror');
  t.match(over?.text, /it lasted +15 s/);

  parts.alerts.raise(problem);
  await pass(clock, parts, 5_000);
  const again = (await readMails(directory)).at(-1);
  t.equal(again?.inReplyTo, undefined, 'coming back later it is another incident');
});

t.test('alerts invariant 4: problems that come up together share a mail', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  for (const name of ['1', '2', '3']) {
    const node = parseNodeName(name);
    parts.alerts.raise({
      key: `storage:${name}`,
      node,
      severity: 'critical',
      title: `disk full (${name})`,
      detail: '',
    });
  }
  await pass(clock, parts, 5_000);
  const [one, ...others] = await readMails(directory);
  t.same(others, []);
  t.equal(one?.subject, '[fleetkeep] 3 problems: disk full (1), …');
  t.match(one?.text, 'disk full (3)');
});

t.test('an event is told once, and again not before an hour has passed', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  const event = { key: 'lost:7', severity: 'warning', title: 'node 7 lost 12 samples', detail: '' } as const;
  parts.alerts.report(event);
  await pass(clock, parts, 3_000);
  parts.alerts.report(event);
  await pass(clock, parts, 3_000);
  t.equal((await readMails(directory)).length, 1);
  await clock.advance(3_600_000);
  await settle(parts);
  parts.alerts.report(event);
  await pass(clock, parts, 3_000);
  const [first, second, ...more] = await readMails(directory);
  t.same(more, []);
  t.notMatch(first?.text, 'over since');
  t.equal(second?.inReplyTo, undefined);
});

t.test('alerts invariant 1: a problem raised just before the end is told after the next start', async (t) => {
  const { directory, clock, start } = setUp(t);
  {
    await using parts = start();
    parts.alerts.raise({ key: 'a', severity: 'warning', title: 'raised and no more', detail: '' });
    parts.alerts.raise({ key: 'b', severity: 'warning', title: 'raised and over', detail: '' });
    await clock.advance(400);
    parts.alerts.clear('b');
  }
  t.same(await readMails(directory), []);
  await using parts = start();
  await pass(clock, parts, 5_000);
  const [told, ...others] = await readMails(directory);
  t.same(others, []);
  t.match(told?.text, 'raised and no more');
  t.match(told?.text, /raised and over\n\n(.*\n)+ {2}over since/);
});

t.test('a problem raised while the disk is full is told when it can be written again', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  // What a full disk does: no statement that writes succeeds.
  parts.store.database.exec('PRAGMA query_only = ON');
  parts.alerts.raise({ key: 'disk', severity: 'critical', title: 'no space left', detail: '' });
  parts.alerts.raise({ key: 'other', severity: 'warning', title: 'something else', detail: '' });
  parts.alerts.clear('other');
  await pass(clock, parts, 5_000);
  t.same(await readMails(directory), []);
  parts.store.database.exec('PRAGMA query_only = OFF');
  await pass(clock, parts, 5_000);
  const [told, ...others] = await readMails(directory);
  t.same(others, []);
  t.match(told?.text, 'no space left');
});

t.test('a node lost while the disk is full is told of when it can be written again', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  parts.connect('7');
  await pass(clock, parts, 1_000);
  parts.store.database.exec('PRAGMA query_only = ON');
  parts.disconnect('7');
  await pass(clock, parts, 30_000);
  t.equal(parts.fleet.node(parseNodeName('7'))?.state.kind, 'late', 'not down before it is told');
  parts.store.database.exec('PRAGMA query_only = OFF');
  await pass(clock, parts, 1_000);
  const [down, ...others] = await readMails(directory);
  t.same(others, []);
  t.match(down?.text, /since .*22:00:01 UTC/);
});

t.test('five thousand nodes lost and back are two mails, quickly made', async (t) => {
  const { directory, clock, start } = setUp(t);
  await using parts = start();
  const names = Array.from({ length: 5_000 }, (_, index) => `n${index}`);
  for (const name of names) parts.fleet.connected({ ...aNode(name), atMs: clock.now() });
  for (const name of names) parts.disconnect(name);
  const began = process.cpuUsage();
  await pass(clock, parts, 11_000);
  for (const name of names) parts.connect(name);
  await pass(clock, parts, 5_000);
  const { user, system } = process.cpuUsage(began);
  t.ok(user + system < 20e6, `${((user + system) / 1e6).toFixed(1)} s of the processor`);
  const mails = await readMails(directory);
  t.equal(mails.length, 2);
  t.match(mails[0]?.text, 'and 4900 more');
});

function header(email: Email | undefined, key: string): string | undefined {
  return email?.headers.find((one) => one.key === key)?.value;
}
