import { execFileSync } from 'node:child_process';
import { constants, existsSync, openSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { until } from './until.ts';

/** Worker threads of this process that can be made to hang, from outside: the programs know nothing of it. */
export interface WorkerHanger extends Disposable {
  /** Has the newest worker thread turn in a loop for ever; resolves when it does. */
  loop(): Promise<void>;
  /** Has the newest worker thread wait for the system; resolves, when it does, with what lets it go on. */
  block(): Promise<() => void>;
}

const TIMEOUT = { timeoutMs: 10_000 };

/** Attaches to the worker threads that are started from now on, as a debugger does. @param directory for some files */
export function workerHanger(directory: string): WorkerHanger {
  const session = new Session();
  const attached: string[] = [];
  session.connect();
  session.on('NodeWorker.attachedToWorker', ({ params }) => attached.push(params.sessionId));
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });

  /** Has the thread say that it is there, and then do something without end. */
  async function evaluate(statement: string): Promise<void> {
    const sessionId = await until(() => attached.at(-1), { ...TIMEOUT, what: 'a worker thread' });
    const path = join(directory, 'hangs');
    const expression = `{ const fs = process.getBuiltinModule('node:fs'); fs.writeFileSync(${JSON.stringify(path)}, ''); ${statement} }`;
    const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } });
    session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
    await until(() => existsSync(path), { ...TIMEOUT, what: 'the thread to hang' });
  }

  return {
    loop: async () => await evaluate('for (;;) {}'),
    async block() {
      const fifo = join(directory, 'fifo');
      execFileSync('mkfifo', [fifo]);
      // Opening it for reading takes until somebody opens it for writing, and that fails until somebody reads.
      await evaluate(`fs.openSync(${JSON.stringify(fifo)}, 'r');`);
      return () => void openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    },
    [Symbol.dispose]: () => session.disconnect(),
  };
}
