import type { Clock } from '../../../shared/time/clock.ts';

/** How long stopping lets a conversation finish, ms; cut off later it may send its message twice. */
const FINISH_MS = 2_000;

/** A signal that follows `stop` after a while, so that a conversation that is almost over may end well. */
export function withPatience(stop: AbortSignal, clock: Clock): { readonly signal: AbortSignal } & Disposable {
  const late = new AbortController();
  const done = new AbortController();
  const hurry = () => {
    clock.sleep(FINISH_MS, done.signal).then(
      () => late.abort(stop.reason),
      () => undefined,
    );
  };
  if (stop.aborted) hurry();
  else stop.addEventListener('abort', hurry, { once: true, signal: done.signal });
  return { signal: late.signal, [Symbol.dispose]: () => done.abort() };
}
