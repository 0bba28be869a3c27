/**
 * A program of its own for the tests of shared/control: takes the directory given to it and tells on standard output, a
 * JSON object a line, what happens. Ends on SIGTERM.
 */

import { pino } from 'pino';
import { startControl } from '../../../shared/control/control.ts';
import { UserError } from '../../../shared/errors/errors.ts';
import { absoluteDirectory, argument } from '../../helpers/arguments.ts';

const directory = absoluteDirectory(argument(0, 'DIRECTORY'));

function tell(event: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

async function countTo(args: unknown, progress: (value: unknown) => Promise<void>): Promise<string> {
  const { count, sizeBytes } = args as { readonly count: number; readonly sizeBytes: number };
  for (let i = 0; i < count; i++) {
    await progress({ i, fill: 'x'.repeat(sizeBytes) });
    if (i % 100 === 99) tell({ event: 'sent', count: i + 1 });
  }
  return 'done';
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  tell({ event: 'waiting' });
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  tell({ event: 'aborted' });
  throw signal.reason;
}

try {
  const control = await startControl({
    directory,
    name: 'receiver',
    log: pino({ level: 'silent' }),
    handlers: {
      pid: async () => process.pid,
      echo: async (args) => args,
      nothing: async () => undefined,
      count: (args, { progress }) => countTo(args, progress),
      wait: (_args, { signal }) => untilAborted(signal),
      refuse: async () => {
        throw new UserError('NODE_UNKNOWN', 'no such node', {
          hint: 'Ask for another.',
          cause: new Error('why'),
        });
      },
      bug: async () => {
        throw new TypeError('undefined is not a function');
      },
      large: async () => 'x'.repeat(17 * 1024 * 1024),
      careless: async (_args, { progress, signal }) => {
        for (let i = 0; !signal.aborted && i < 100; i++)
          void progress('x'.repeat(1024 * 1024)).catch(() => undefined);
        return await untilAborted(signal);
      },
    },
  });
  process.once('SIGTERM', () => void control[Symbol.asyncDispose]().then(() => tell({ event: 'stopped' })));
  tell({ event: 'started', pid: process.pid });
} catch (error) {
  const known = error instanceof UserError ? { code: error.code, hint: error.hint } : {};
  tell({ event: 'failed', message: String(error), ...known });
}
