import { constants } from 'node:os';

/**
 * How long after the first signal another one counts as the same wish, ms. `npm start` passes on the Ctrl-C that the
 * terminal has already sent to every process, so one press arrives twice.
 */
const SAME_WISH_MS = 500;

/**
 * A signal for «please end», aborted by SIGTERM and SIGINT. One more of them, later than half a second, ends the process at
 * once with 128 + its number.
 *
 * SIGHUP means that the terminal was closed: with one it is like SIGTERM, without one (nohup, cron, systemd) it does not end the
 * program, see {@link onHangUp}. It does not keep the process alive. Call it once, at the start of a command that goes on until it is told to end.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let firstAtMs = 0;
  function ask(name: NodeJS.Signals): void {
    if (!stop.signal.aborted) {
      firstAtMs = performance.now();
      stop.abort(new Error(`stopped by ${name}`));
    } else if (performance.now() - firstAtMs > SAME_WISH_MS) {
      process.exit(128 + constants.signals[name]);
    }
  }
  process.on('SIGTERM', ask);
  process.on('SIGINT', ask);
  process.on('SIGHUP', (name) => {
    if (hasTerminal()) ask(name);
  });
  return stop.signal;
}

/**
 * Calls `work` at every SIGHUP that no terminal sends, which is how services are told to read their configuration again. To be
 * called by a command that has called {@link stopSignal}.
 */
export function onHangUp(work: () => void): void {
  process.on('SIGHUP', () => {
    if (!hasTerminal()) work();
  });
}

function hasTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
}
