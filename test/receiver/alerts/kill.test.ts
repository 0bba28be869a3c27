import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readNodes } from '../../../receiver/fleet/read-nodes.ts';
import { openStateStoreToRead } from '../../../receiver/fleet/state-store.ts';
import { guardTest } from '../../helpers/guard.ts';
import { type SmtpMoment, startSmtpServer, type TestSmtpServer } from '../../helpers/smtp.ts';
import { until } from '../../helpers/until.ts';
import type { ReceiverProgramOptions } from './receiver-program.ts';

t.setTimeout(600_000);

const PROGRAM = fileURLToPath(new URL('receiver-program.ts', import.meta.url));

function launch(options: ReceiverProgramOptions): ChildProcess {
  guardTest();
  return spawn(process.execPath, ['--no-warnings', PROGRAM, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function startProgram(options: ReceiverProgramOptions): Promise<ChildProcess> {
  const child = launch(options);
  await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')]);
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

const mailsOf = (server: TestSmtpServer, count: number) =>
  until(() => server.mails.length >= count, {
    timeoutMs: 10_000,
    what: () => `${count} mails, there are ${server.mails.length}`,
  });

/** How far everything is that can only go forward: what was told of incidents, and what became of messages. */
function readProgress(directory: string): ReadonlyMap<string, number> {
  using store = openStateStoreToRead(directory);
  const rows = (sql: string) => store?.database.prepare(sql).all() ?? [];
  const told = ['nothing', 'opening', 'end'];
  return new Map([
    ...rows('SELECT id, told FROM incidents').map(
      (row) => [`incident ${row['id']}`, told.indexOf(String(row['told']))] as const,
    ),
    ...rows('SELECT message_id, state FROM outbox').map(
      (row) => [`message ${row['message_id']}`, Number(row['state'] === 'sent')] as const,
    ),
  ]);
}

/** Each step between «a node is lost» and «its mail is marked as sent», and how often the server gets the mail then. */
const STEPS: readonly (readonly [NonNullable<ReceiverProgramOptions['killAt']> | SmtpMoment, number])[] = [
  // When the node was lost nothing was told yet: after the start its grace begins anew, and it is told then.
  ['node lost', 1],
  ['composed, not queued', 1],
  ['queued, not committed', 1],
  ['mail queued', 1],
  ['before sending', 1],
  ['connected', 1],
  ['sender named', 1],
  ['recipient named', 1],
  ['message begun', 1],
  // The server has it, and nobody here knows.
  ['message whole', 2],
  ['sent, not marked', 2],
  ['marked as sent', 1],
];

const SMTP_MOMENTS: readonly string[] = [
  ...['connected', 'sender named', 'recipient named', 'message begun', 'message whole'],
];

const isSmtpMoment = (step: string): step is SmtpMoment => SMTP_MOMENTS.includes(step);

t.test(
  'alerts invariant 1: killed at any step, the mail goes out, and a repeat has the same Message-ID',
  async (t) => {
    // Each waits more than it works.
    t.jobs = 4;
    for (const [step, copies] of STEPS) {
      void t.test(step, { buffered: true }, async (t) => {
        const directory = t.testdir();
        const victim: { child?: ChildProcess } = {};
        await using server = await startSmtpServer({
          at: (moment) => moment === step && victim.child?.kill('SIGKILL'),
        });
        const options = { directory, smtpPort: server.port };
        const killAt = isSmtpMoment(step) ? undefined : step;
        victim.child = launch({ ...options, node: 'lose', killAt });
        const [, signal] = (await once(victim.child, 'exit')) as [number | null, NodeJS.Signals | null];
        delete victim.child;
        t.equal(signal, 'SIGKILL');
        // Fleet invariant 4, with the leftovers of a kill.
        const isTold = !['node lost', 'composed, not queued', 'queued, not committed'].includes(step);
        t.match(readNodes(directory), [{ name: '7', state: { kind: isTold ? 'down' : 'late' } }]);
        const early = server.mails.length;
        t.equal(early, ['message whole', 'sent, not marked', 'marked as sent'].includes(step) ? 1 : 0);
        const progress = [readProgress(directory)];
        t.equal(progress[0]?.size, isTold ? 2 : 0, 'incident and message are one');

        const again = await startProgram({ ...options, node: 'leave alone' });
        await mailsOf(server, copies);
        await stop(again);
        progress.push(readProgress(directory));
        // The mail about its return is the last that comes: what else there was to come came before it.
        const back = await startProgram({ ...options, node: 'connect' });
        await mailsOf(server, copies + 1);
        await stop(back);
        progress.push(readProgress(directory));

        const ids = server.mails.map(({ parsed }) => parsed.messageId);
        t.equal(ids.length, copies + 1);
        t.equal(new Set(ids.slice(0, copies)).size, 1, 'one message, however often it came');
        t.equal(server.mails.at(-1)?.parsed.inReplyTo, ids[0]);
        t.match(server.mails.at(-1)?.parsed.text, /^Node 7 .*is back after/);
        for (const { raw } of server.mails.slice(1, copies))
          t.ok(raw.equals(server.mails[0]?.raw ?? Buffer.alloc(0)));
        for (const [index, later] of progress.entries()) {
          for (const [what, rank] of progress[index - 1] ?? [])
            t.ok((later.get(what) ?? -1) >= rank, `${what} never goes backwards`);
        }
      });
    }
  },
);
