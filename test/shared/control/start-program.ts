import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { guardTest } from '../../helpers/guard.ts';
import { until } from '../../helpers/until.ts';

/** What the program of `control-program.ts` told. */
export type ProgramEvent = Readonly<Record<string, unknown>> & { readonly event: string };

/** A running `control-program.ts`; killed when disposed. */
export interface RunningProgram extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly events: readonly ProgramEvent[];
  /** Waits for an event of that name. */
  heard(event: string): Promise<ProgramEvent>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the program on a data directory; does not wait for it. */
export function startProgram(directory: string): RunningProgram {
  guardTest();
  const path = fileURLToPath(new URL('control-program.ts', import.meta.url));
  const child = spawn(process.execPath, [path, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const events: ProgramEvent[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line)));
  async function kill(signal: NodeJS.Signals): Promise<void> {
    child.kill(signal);
    await closed;
  }
  return {
    child,
    events,
    kill,
    heard: (event) =>
      until(() => events.find((one) => one.event === event), {
        timeoutMs: 10_000,
        what: () => `«${event}», heard ${JSON.stringify(events.slice(-3))}`,
      }),
    [Symbol.asyncDispose]: () => kill('SIGKILL'),
  };
}
