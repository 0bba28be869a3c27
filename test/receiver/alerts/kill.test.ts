import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readNodes } from '../../../receiver/fleet/read-nodes.ts';
import { startSmtpServer, type TestSmtpServer } from '../../helpers/smtp.ts';
import { until } from '../../helpers/until.ts';
import type { ReceiverProgramOptions } from './receiver-program.ts';

const PROGRAM = fileURLToPath(new URL('receiver-program.ts', import.meta.url));

async function startProgram(options: ReceiverProgramOptions): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--no-warnings', PROGRAM, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (options.killAt === undefined)
    await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')]);
  return child;
}

/** Runs it until it has killed itself. */
async function runUntilKilled(options: ReceiverProgramOptions): Promise<NodeJS.Signals | null> {
  const child = await startProgram(options);
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
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

t.test(
  'alerts invariant 1: killed at any step, the mail goes out, and a repeat has the same Message-ID',
  async (t) => {
    const steps = [
      // When the node was lost nothing was told yet: after the start its grace begins anew, and it is told then.
      ['node lost', 1],
      ['mail queued', 1],
      ['before sending', 1],
      ['sent, not marked', 2],
      ['marked as sent', 1],
    ] as const;
    for (const [killAt, copies] of steps) {
      await t.test(killAt, async (t) => {
        const directory = t.testdir();
        await using server = await startSmtpServer();
        const options = { directory, smtpPort: server.port };
        t.equal(await runUntilKilled({ ...options, node: 'lose', killAt }), 'SIGKILL');
        // Fleet invariant 4, with the leftovers of a kill.
        t.match(readNodes(directory), [
          { name: '7', state: { kind: killAt === 'node lost' ? 'late' : 'down' } },
        ]);
        const early = server.mails.length;
        t.equal(early, ['sent, not marked', 'marked as sent'].includes(killAt) ? 1 : 0);

        const again = await startProgram({ ...options, node: 'leave alone' });
        await mailsOf(server, copies);
        await stop(again);
        // The mail about its return is the last that comes: what else there was to come came before it.
        const back = await startProgram({ ...options, node: 'connect' });
        await mailsOf(server, copies + 1);
        await stop(back);

        const ids = server.mails.map(({ parsed }) => parsed.messageId);
        t.equal(ids.length, copies + 1);
        t.equal(new Set(ids.slice(0, copies)).size, 1, 'one message, however often it came');
        t.equal(server.mails.at(-1)?.parsed.inReplyTo, ids[0]);
        t.match(server.mails.at(-1)?.parsed.text, 'Back: node 7');
        for (const { raw } of server.mails.slice(1, copies))
          t.ok(raw.equals(server.mails[0]?.raw ?? Buffer.alloc(0)));
      });
    }
  },
);
