import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import t from 'tap';
import { startSenderAlerts } from '../../../sender/alerts/alerts.ts';
import type { Reachability } from '../../../sender/alerts/outage.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { preparePlace } from '../../helpers/programs.ts';
import { startSmtpServer, type TestSmtpServer } from '../../helpers/smtp.ts';
import { until } from '../../helpers/until.ts';

const PATIENT = { timeoutMs: 20_000 };
const LOST_AFTER_MS = 300_000;

t.setTimeout(600_000);

const AWAY: Reachability = { kind: 'away', receiver: 'hub:4710', reason: 'connection refused' };
const CONNECTED: Reachability = { kind: 'connected', receiver: 'hub:4710' };

/** The part alone, on a clock that the test moves, with a real mail server. */
async function startAlone(directory: string, smtp: TestSmtpServer) {
  const clock = fakeClock();
  let reachable: Reachability = CONNECTED;
  const alerts = await startSenderAlerts({
    ...{ lostAfterMs: LOST_AFTER_MS, node: '7', directory, clock, random: () => 1 },
    reachability: () => reachable,
    mail: {
      smtp: { host: '127.0.0.1', port: smtp.port, tls: 'none' },
      from: 'fleetkeep@example.org',
      to: ['ann@example.org'],
    },
    log: createLogger('silent'),
  });
  return {
    alerts,
    /** Lets it look at the world as it is now, for a while. */
    async pass(now: Reachability, ms: number) {
      reachable = now;
      for (let passed = 0; passed < ms; passed += 1_000) await clock.advance(1_000);
    },
    /** Lets time pass until something real has happened. */
    async untilTold(what: string, probe: () => boolean) {
      await until(
        async () => {
          if (probe()) return true;
          await clock.advance(1_000);
          return false;
        },
        { ...PATIENT, what },
      );
    },
    [Symbol.asyncDispose]: () => alerts[Symbol.asyncDispose](),
  };
}

t.test(
  'a receiver that is back in time is not told of; one that is not makes a mail, and its return another',
  async (t) => {
    await using smtp = await startSmtpServer();
    await using alone = await startAlone(t.testdir(), smtp);
    await alone.pass(AWAY, LOST_AFTER_MS - 2_000);
    await alone.pass(CONNECTED, 5_000);
    await alone.pass(AWAY, LOST_AFTER_MS - 2_000);
    t.equal(smtp.conversations, 0);
    await alone.untilTold('the loss', () => smtp.mails.length === 1);
    await alone.pass(AWAY, 3_600_000);
    t.equal(smtp.mails.length, 1, 'once');
    await alone.pass(CONNECTED, 2_000);
    await alone.untilTold('the return', () => smtp.mails.length === 2);
    const [lost, back] = smtp.mails.map(({ parsed }) => parsed);
    t.match(lost?.text, /Receiver hub:4710 has not been reachable from node 7 since 20/);
    t.match(lost?.text, /connection refused/);
    t.match(back?.text, /again, after 1 h \d+ min/);
    t.equal(back?.inReplyTo, lost?.messageId);
    t.equal(back?.subject, lost?.subject, 'one thread');
  },
);

t.test(
  'a mail server that is away is tried again; what never went out is not told once the receiver is back',
  async (t) => {
    await using smtp = await startSmtpServer();
    await using alone = await startAlone(t.testdir(), smtp);
    const busy = { at: 'data', code: 451, text: '4.7.1 greylisted, come back later' } as const;
    smtp.fail(busy, busy);
    await alone.pass(AWAY, LOST_AFTER_MS);
    await alone.untilTold('the third try', () => smtp.mails.length === 1);
    t.equal(smtp.conversations, 3);
    await alone.pass(CONNECTED, 2_000);
    await alone.untilTold('the return', () => smtp.mails.length === 2);
    smtp.fail(...Array.from({ length: 50 }, () => busy));
    await alone.pass(AWAY, LOST_AFTER_MS);
    await alone.untilTold('a try', () => smtp.conversations === 5);
    await alone.pass(CONNECTED, 3_600_000);
    t.equal(smtp.mails.length, 2);
  },
);

t.test('a restart in the middle of an outage neither forgets it nor tells it anew', async (t) => {
  await using smtp = await startSmtpServer();
  const directory = t.testdir();
  const first = await startAlone(directory, smtp);
  await first.pass(AWAY, LOST_AFTER_MS);
  await first.untilTold('the loss', () => smtp.mails.length === 1);
  await first.pass(AWAY, 10_000);
  await first[Symbol.asyncDispose]();
  await using second = await startAlone(directory, smtp);
  await second.pass(AWAY, 2 * LOST_AFTER_MS);
  t.equal(smtp.mails.length, 1);
  await second.pass(CONNECTED, 2_000);
  await second.untilTold('the return', () => smtp.mails.length === 2);
  await until(() => !readdirSync(directory).includes('receiver-lost.json'), {
    ...PATIENT,
    what: 'nothing to be left',
  });
});

t.test(
  'real programs: the receiver is killed and the node says so by mail, and says when it is back',
  async (t) => {
    await using smtp = await startSmtpServer();
    const directory = t.testdir();
    const place = await preparePlace(directory, {
      mail: {
        from: 'fleetkeep@example.org',
        smtp: { host: '127.0.0.1', port: smtp.port, tls: 'none' },
      },
      alerts: { disconnect_grace_seconds: 3600 },
      sender: { data_directory: 'sender', node_name: '7', receiver_lost_after_seconds: 1 },
    });
    const receiver = await place.start('receiver');
    t.teardown(() => receiver.end('SIGKILL'));
    await using _sender = await place.start('sender');
    await until(() => readdirSync(join(directory, 'receiver/logs')).includes('node-7.log'), {
      ...PATIENT,
      what: 'the log at the receiver',
    });
    t.equal(smtp.mails.length, 0);
    await receiver.end('SIGKILL');
    const lost = await until(() => smtp.mails[0], { ...PATIENT, what: 'the mail of the loss' });
    t.match(
      lost.parsed.text,
      new RegExp(`Receiver 127.0.0.1:${place.port} has not been reachable from node 7`),
    );
    t.same(lost.recipients, ['admin@example.org']);
    await using _back = await place.start('receiver');
    const raw = await until(() => smtp.mails[1]?.raw, { ...PATIENT, what: 'the mail of the return' });
    const back = await PostalMime.parse(raw);
    t.match(back.text, /is reachable from node 7 again/);
    t.equal(back.inReplyTo, lost.parsed.messageId);
  },
);
