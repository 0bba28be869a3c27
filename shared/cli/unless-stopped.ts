import { setTimeout as delay } from 'node:timers/promises';

/** How long a start that is under way may take to end once it is not wanted any more, ms. The process ends without it then. */
const START_MS = 5_000;

/** Resolves when the signal is aborted; at once when it is already. It does not keep the process alive. */
export async function whenStopped(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
}

/**
 * What has started; or undefined when the program is told to end before that. A start that cannot be broken off is waited for, and
 * what it started is ended again; but not for longer than some seconds: whoever ends the process then loses nothing that a kill
 * would not.
 *
 * @throws what the start throws
 */
export async function unlessStopped<Part extends AsyncDisposable>(
  starting: Promise<Part>,
  stop: AbortSignal,
): Promise<Part | undefined> {
  const part = await Promise.race([starting, whenStopped(stop)]);
  if (part !== undefined && !stop.aborted) return part;
  starting.catch(() => undefined);
  const late = await Promise.race([starting, delay(START_MS)]);
  await late?.[Symbol.asyncDispose]();
  return undefined;
}
