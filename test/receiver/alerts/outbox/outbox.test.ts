import t from 'tap';
import type { MailOptions } from '../../../../receiver/alerts/alerts.ts';
import type { Channel, SendResult } from '../../../../receiver/alerts/channels/channel.ts';
import type { Mail } from '../../../../receiver/alerts/mail/mail.ts';
import type { NoticeAlert } from '../../../../receiver/alerts/mail/notice.ts';
import { type Outbox, startOutbox } from '../../../../receiver/alerts/outbox/outbox.ts';
import { type OutboxStore, outboxStore } from '../../../../receiver/alerts/outbox/outbox-store.ts';
import { type PostOffice, postOffice } from '../../../../receiver/alerts/outbox/post-office.ts';
import { openStateStore } from '../../../../receiver/fleet/state-store.ts';
import { createLogger } from '../../../../shared/logging/logger.ts';
import { type FakeClock, fakeClock } from '../../../helpers/fake-clock.ts';
import { startSmtpServer } from '../../../helpers/smtp.ts';
import { until } from '../../../helpers/until.ts';
import { startReceiverParts } from '../start-receiver-parts.ts';

const RECIPIENTS = ['a@example.com', 'b@example.com'];

/** A channel that answers as the test says, and remembers what it was given. */
function scriptedChannel(
  answer: (subject: string, recipient: string) => SendResult['kind'] | 'channel trouble',
  sent: Mail[] = [],
) {
  const tries: string[] = [];
  const channel: Channel = {
    name: 'mail',
    kind: 'smtp',
    target: 'a test',
    recipients: RECIPIENTS,
    async send(mail, recipient) {
      tries.push(`${mail.messageId.replace(/^<incident-|\.[0-9a-f]{8}@.*$/g, '')} ${recipient.charAt(0)}`);
      const kind = answer(mail.subject, recipient);
      if (kind === 'channel trouble') return { kind: 'try_later', scope: 'channel', error: 'server away' };
      if (kind === 'sent') {
        sent.push(mail);
        return { kind };
      }
      return kind === 'refused' ? { kind, error: '550 no' } : { kind, scope: 'message', error: '451 later' };
    },
  };
  return { channel, tries };
}

interface SetUp extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly table: OutboxStore;
  readonly post: PostOffice;
  readonly outbox: Outbox;
  /** Lets time pass, second by second, with turns for what follows. */
  pass(ms: number): Promise<void>;
}

function setUp(
  directory: string,
  channel: Channel,
  recipients: readonly string[] = RECIPIENTS,
  queueLimit = 1_000,
): SetUp {
  const clock = fakeClock();
  const store = openStateStore(directory);
  const table = outboxStore(store);
  const destinations = [{ name: 'mail', recipients, hasAddresses: true, wants: () => true }];
  const domain = 'example.com';
  const post = postOffice({ store, outbox: table, to: RECIPIENTS, destinations, domain, queueLimit });
  const backoff = { firstMs: 10_000, maxMs: 80_000 };
  const log = createLogger('silent');
  // Half of the ceiling: 5, 10, 20, 40, 40, … seconds.
  const outbox = startOutbox({ outbox: table, channels: [channel], clock, log, backoff, random: () => 0.5 });
  return {
    ...{ clock, table, post, outbox },
    async pass(ms) {
      for (let left = ms; left > 0; left -= 1_000) await clock.advance(Math.min(1_000, left));
    },
    async [Symbol.asyncDispose]() {
      await outbox[Symbol.asyncDispose]();
      store[Symbol.dispose]();
    },
  };
}

const BODY = [{ kind: 'text', text: 'x' }] as const;

t.test('outbox invariant 3: a recipient gets the mails of a thread in their order', async (t) => {
  let isGreylisting = true;
  const { channel, tries } = scriptedChannel((_, recipient) =>
    isGreylisting && recipient.startsWith('a') ? 'try_later' : 'sent',
  );
  await using set = setUp(t.testdir(), channel);
  const thread = set.post.open({ subject: 'first', blocks: BODY }, set.clock.now());
  set.post.reply(thread, BODY, set.clock.now());
  await set.pass(2_000);
  t.same(tries, ['1.1 a', '1.1 b', '1.2 b'], 'one that waits holds up nobody else');
  isGreylisting = false;
  await set.pass(5_000);
  t.same(tries.slice(3), ['1.1 a', '1.2 a']);
  t.equal(set.outbox.state().pending, 0);
});

t.test('outbox invariant 4: put off is tried again with growing pauses, refused is not', async (t) => {
  const { channel, tries } = scriptedChannel((subject) => (subject === 'bad' ? 'refused' : 'try_later'));
  await using set = setUp(t.testdir(), channel, ['a@example.com']);
  set.post.open({ subject: 'bad', blocks: BODY }, set.clock.now());
  set.post.open({ subject: 'late', blocks: BODY }, set.clock.now());
  await set.pass(300_000);
  t.same(
    tries.filter((one) => one.startsWith('1.')),
    ['1.1 a'],
  );
  // At 0, 5, 15, 35, 75, 115, … seconds.
  t.equal(tries.filter((one) => one.startsWith('2.')).length, 10);
  t.match(set.outbox.state(), {
    pending: 1,
    trouble: undefined,
    givenUp: [{ subject: 'bad', recipient: 'a@example.com', error: '550 no' }],
  });

  set.clock.set(set.clock.now() + 6 * 24 * 3_600_000);
  await set.pass(100_000);
  t.equal(set.outbox.state().pending, 1, 'a jump of the clock is no reason to give up');
  await set.pass(3_600_000);
  t.match(set.outbox.state(), { pending: 0, givenUp: [{ subject: 'late', error: '451 later' }, {}] });
});

t.test('outbox invariant 5: while the channel is in trouble one message is tried, not all', async (t) => {
  let isAway = true;
  const { channel, tries } = scriptedChannel(() => (isAway ? 'channel trouble' : 'sent'));
  await using set = setUp(t.testdir(), channel, ['a@example.com']);
  for (let count = 0; count < 20; count += 1) set.post.open({ subject: 's', blocks: BODY }, set.clock.now());
  await set.pass(4_000);
  t.equal(tries.length, 1);
  const { trouble } = set.outbox.state();
  t.match(trouble, { error: 'server away' });
  await set.pass(40_000);
  t.equal(tries.length, 4, 'at 0, 5, 15 and 35 s');
  t.equal(set.outbox.state().trouble?.sinceMs, trouble?.sinceMs);
  set.outbox.trigger();
  await set.pass(1_000);
  t.equal(tries.length, 4, 'a trigger does not shorten the pause');
  isAway = false;
  await set.pass(120_000);
  t.match(set.outbox.state(), { pending: 0, trouble: undefined });
});

t.test('outbox invariant 6: a full queue becomes one digest, which takes in what still comes', async (t) => {
  let isAway = true;
  const sent: Mail[] = [];
  const { channel, tries } = scriptedChannel(() => (isAway ? 'channel trouble' : 'sent'), sent);
  await using set = setUp(t.testdir(), channel, ['a@example.com'], 50);
  const open = (count: number) =>
    set.post.open({ subject: `[fleetkeep] s${count}`, blocks: BODY }, set.clock.now());
  for (let count = 0; count < 50; count += 1) open(count);
  t.equal(set.outbox.state().pending, 50);
  for (let count = 50; count < 400; count += 1) {
    open(count);
    t.equal(set.outbox.state().pending, 1);
  }
  await set.pass(10_000);
  t.ok(tries.length > 1);
  isAway = false;
  await set.pass(120_000);
  t.match(set.outbox.state(), { pending: 0, givenUp: [] });
  t.equal(sent.length, 1, 'one message, not four hundred');
  t.equal(sent[0]?.subject, '[fleetkeep] 400 messages that could not be sent');
  t.match(sent[0]?.text, /300 earlier ones\n.*s300/);
  t.match(sent[0]?.text, /s399/);
  t.notMatch(sent[0]?.text, /s299\b/);
  t.ok((sent[0]?.text.length ?? 0) < 20_000);

  open(400);
  await set.pass(1_000);
  t.equal(sent.at(-1)?.subject, '[fleetkeep] s400', 'afterwards messages come by themselves again');
});

t.test('outbox invariants 2 and 6: what is just being sent goes into no digest', async (t) => {
  const { channel, tries } = scriptedChannel(() => 'sent');
  const under = Promise.withResolvers<void>();
  const slow: Channel = {
    ...channel,
    send: async (...args) => {
      if (tries.length === 0) await under.promise;
      return channel.send(...args);
    },
  };
  await using set = setUp(t.testdir(), slow, ['a@example.com'], 3);
  set.post.open({ subject: 'first', blocks: BODY }, set.clock.now());
  await set.pass(1_000);
  for (let count = 0; count < 20; count += 1) set.post.open({ subject: 's', blocks: BODY }, set.clock.now());
  t.equal(set.outbox.state().pending, 2, 'the first, and a digest of the others');
  under.resolve();
  await set.pass(5_000);
  t.equal(tries.length, 2);
  t.match(tries[0], '1.1 a');
  t.equal(set.outbox.state().pending, 0);
});

t.test('a digest that was tried gets another Message-ID when more comes into it', async (t) => {
  const sent: Mail[] = [];
  const { channel } = scriptedChannel(() => 'channel trouble', sent);
  await using set = setUp(t.testdir(), channel, ['a@example.com'], 2);
  const ids = new Set<string>();
  for (let count = 0; count < 6; count += 1) {
    set.post.open({ subject: 's', blocks: BODY }, set.clock.now());
    const due = set.table.waiting({ channel: 'mail', recipient: 'a@example.com' });
    if (due[0]?.mail.digest !== undefined) ids.add(due[0].mail.messageId);
    await set.pass(5_000);
  }
  t.equal(ids.size, 4);
});

t.test('outbox invariant 5: a channel in trouble holds up no other', async (t) => {
  const away = scriptedChannel(() => 'channel trouble');
  const well = scriptedChannel(() => 'sent');
  const clock = fakeClock();
  const log = createLogger('silent');
  const store = openStateStore(t.testdir());
  t.teardown(() => store[Symbol.dispose]());
  const table = outboxStore(store);
  const destinations = ['mail', 'pager'].map((name) => ({
    ...{ name, recipients: [''], hasAddresses: false },
    wants: ({ severity }: NoticeAlert) => name === 'mail' || severity === 'critical',
  }));
  const post = postOffice({
    ...{ store, outbox: table, to: RECIPIENTS, destinations, domain: 'example.com', queueLimit: 100 },
  });
  const channels = [away.channel, { ...well.channel, name: 'pager', kind: 'ntfy' }] as const;
  {
    await using outbox = startOutbox({ outbox: table, channels, clock, log });
    const about = (severity: 'warning' | 'critical') => [
      { key: 'k', rule: 'problem', node: undefined, severity, title: 'x', openedMs: 1, endedMs: undefined },
    ];
    post.open({ subject: 'one', blocks: BODY, about: about('critical') }, clock.now());
    post.open({ subject: 'two', blocks: BODY, about: about('warning') }, clock.now());
    await clock.advance(3_000);
    t.same(well.tries.length, 1, 'only what it wants');
    t.match(outbox.state(), {
      pending: 2,
      trouble: { error: 'server away' },
      channels: [
        { name: 'mail', pending: 2 },
        { name: 'pager', pending: 0, trouble: undefined },
      ],
    });
  }
  await using outbox = startOutbox({ outbox: table, channels: [channels[1]], clock, log });
  t.match(outbox.state(), { pending: 0, givenUp: [{ error: /not in alerts.channels/ }, {}] });
});

t.test('outbox invariant 4: a mail server away for an hour delays the mail and loses nothing', async (t) => {
  let isAway = true;
  const { channel, tries } = scriptedChannel(() => (isAway ? 'channel trouble' : 'sent'));
  const clock = fakeClock();
  const store = openStateStore(t.testdir());
  t.teardown(() => store[Symbol.dispose]());
  const table = outboxStore(store);
  const destinations = [{ name: 'mail', recipients: [''], hasAddresses: true, wants: () => true }];
  const post = postOffice({
    ...{ store, outbox: table, to: RECIPIENTS, destinations, domain: 'example.com', queueLimit: 100 },
  });
  // As it is in earnest, but that the jitter is always the worst.
  const log = createLogger('silent');
  await using outbox = startOutbox({ outbox: table, channels: [channel], clock, log, random: () => 0.999 });
  for (let count = 0; count < 3; count += 1) post.open({ subject: 's', blocks: BODY }, clock.now());
  await clock.advance(3_600_000);
  t.ok(tries.length >= 12 && tries.length <= 22, `tried now and then, and not all the time: ${tries.length}`);
  t.equal(outbox.state().pending, 3);
  isAway = false;
  await clock.advance(301_000);
  t.equal(outbox.state().pending, 0, 'sent at most five minutes after the server is back');
});

t.test('a mail that was sent but could not be marked is not sent again in this run', async (t) => {
  const { channel, tries } = scriptedChannel(() => 'sent');
  await using set = setUp(t.testdir(), channel, ['a@example.com']);
  let isDiskFull = true;
  const { markSent } = set.table;
  t.intercept(set.table, 'markSent', {
    value(id: number, atMs: number) {
      if (isDiskFull) throw new Error('disk full');
      markSent(id, atMs);
    },
  });
  set.post.open({ subject: 's', blocks: BODY }, set.clock.now());
  await set.pass(60_000);
  t.match(set.outbox.state(), { pending: 1 });
  isDiskFull = false;
  await set.pass(60_000);
  t.match(set.outbox.state(), { pending: 0 });
  t.same(tries, ['1.1 a']);
});

for (const hours of [1, 24, 365 * 24]) {
  t.test(`a clock that was ${hours} h ahead does not hold mails back`, async (t) => {
    const { channel, tries } = scriptedChannel(() => (tries.length < 2 ? 'try_later' : 'sent'));
    await using set = setUp(t.testdir(), channel, ['a@example.com']);
    set.post.open({ subject: 's', blocks: BODY }, set.clock.now());
    await set.pass(1_000);
    t.equal(tries.length, 1);
    set.clock.set(set.clock.now() - hours * 3_600_000);
    await set.pass(2_000);
    t.same(set.outbox.state().pending, 0);
  });
}

t.test('a long thread names its first mail and the newest, not hundreds', async (t) => {
  const { channel } = scriptedChannel(() => 'channel trouble');
  await using set = setUp(t.testdir(), channel, ['a@example.com']);
  const thread = set.post.open({ subject: 's', blocks: BODY }, 0);
  for (let count = 0; count < 40; count += 1) set.post.reply(thread, BODY, count);
  let last: readonly string[] = [];
  for (let next = set.table.nextDue('mail', 99); next !== undefined; next = set.table.nextDue('mail', 99)) {
    last = next.mail.references;
    set.table.markSent(next.id, 99);
  }
  t.equal(last.length, 20);
  t.match(last[0], /^<incident-1\.1\./);
  t.match(last.at(-1), /^<incident-1\.40\./);
});

const SMTP_MAIL = (port: number): MailOptions => ({
  smtp: { host: '127.0.0.1', port, tls: 'none' },
  from: 'fleetkeep@example.com',
  to: ['root@example.com'],
});

t.test('alerts invariant 5: a mail server that is away delays the mails, and that is all', async (t) => {
  const directory = t.testdir();
  const clock = fakeClock();
  let port: number;
  {
    await using server = await startSmtpServer();
    port = server.port;
  }
  await using parts = startReceiverParts({ directory, clock, mail: SMTP_MAIL(port), random: () => 0.5 });
  const trouble = () =>
    until(() => parts.alerts.state().trouble, {
      timeoutMs: 5_000,
      what: 'the outbox to see that nobody is there',
    });
  parts.connect('7');
  parts.disconnect('7');
  await clock.advance(11_000);
  await trouble();
  t.match(parts.alerts.state(), { pending: 1, trouble: { error: /connection refused/ } });
  parts.connect('7');
  await clock.advance(3_000);
  await until(() => parts.alerts.state().pending === 2, { timeoutMs: 5_000, what: 'both mails to wait' });

  await using server = await startSmtpServer({ port });
  await until(
    async () => {
      await clock.advance(1_000);
      return server.mails.length === 2;
    },
    { timeoutMs: 10_000, what: 'both mails' },
  );
  const [down, back] = server.mails;
  t.match(down?.parsed.text, 'is down since');
  t.match(back?.parsed.text, /^Node 7 .*is back after/);
  t.equal(back?.parsed.inReplyTo, down?.parsed.messageId);
  t.match(parts.alerts.state(), { pending: 0, trouble: undefined });
});

t.test('a greylisted mail arrives later, a refused one is given up with its reason', async (t) => {
  const clock = fakeClock();
  await using server = await startSmtpServer();
  await using parts = startReceiverParts({ directory: t.testdir(), clock, mail: SMTP_MAIL(server.port) });
  server.fail({ at: 'recipient', code: 451, text: '4.7.1 greylisted' });
  parts.connect('7');
  parts.disconnect('7');
  await until(
    async () => {
      await clock.advance(1_000);
      return server.mails.length === 1;
    },
    { timeoutMs: 10_000, what: 'the mail' },
  );
  t.equal(server.conversations, 2);
  server.fail({ at: 'recipient', code: 550, text: '5.1.1 no such user' });
  parts.connect('7');
  await until(
    async () => {
      await clock.advance(1_000);
      return parts.alerts.state().givenUp.length === 1;
    },
    { timeoutMs: 10_000, what: 'the mail to be given up' },
  );
  t.match(parts.alerts.state(), { pending: 0, givenUp: [{ error: /5\.1\.1 no such user/ }] });
});

t.test(
  'stopping in the middle of a conversation is bounded, and the mail goes out after the next start',
  async (t) => {
    const directory = t.testdir();
    const clock = fakeClock();
    await using server = await startSmtpServer();
    server.fail({ at: 'stall' });
    {
      await using parts = startReceiverParts({ directory, clock, mail: SMTP_MAIL(server.port) });
      parts.connect('7');
      parts.disconnect('7');
      await clock.advance(11_000);
      await until(() => server.conversations === 1, { timeoutMs: 5_000, what: 'a conversation' });
      const stopping = parts[Symbol.asyncDispose]();
      await clock.advance(2_000);
      await stopping;
    }
    await using parts = startReceiverParts({ directory, clock, mail: SMTP_MAIL(server.port) });
    t.equal(parts.alerts.state().pending, 1);
    await until(() => server.mails.length === 1, { timeoutMs: 5_000, what: 'the mail' });
  },
);

t.test('a channel is left alone for at least as long as it asks', async (t) => {
  const triedMs: number[] = [];
  const channel: Channel = {
    ...scriptedChannel(() => 'sent').channel,
    async send() {
      triedMs.push(it.clock.monotonic());
      const error = 'HTTP 429';
      return triedMs.length < 3
        ? { kind: 'try_later', scope: 'channel', error, afterMs: 60_000 }
        : { kind: 'sent' };
    },
  };
  await using it = setUp(t.testdir(), channel, ['a@example.com']);
  it.post.open({ subject: 'x', blocks: BODY }, it.clock.now());
  it.outbox.trigger();
  await it.pass(200_000);
  const [first = 0, second = 0, third = 0] = triedMs;
  t.equal(triedMs.length, 3);
  for (const waitedMs of [second - first, third - second])
    t.ok(waitedMs >= 60_000 && waitedMs < 63_000, `${waitedMs}`);
  t.equal(it.table.countPending(), 0);
});
