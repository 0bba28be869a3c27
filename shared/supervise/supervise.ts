/**
 * Tells the service manager that has started a program of ours how it goes (systemd, sd_notify(3)): that it works now, again
 * and again that it is alive, and that it is about to end.
 *
 * Invariants. Tests cite them by number.
 *
 * 1. Where no service manager listens nothing happens: no process, no timer.
 * 2. Telling never holds the program up, and never ends it. A service manager that cannot be told is logged once, until it can.
 * 3. «Alive» is said by the event loop itself: while that stands still nothing is said, and the service manager starts the
 *    program again. So it does when the program knows that nothing else helps.
 * 4. However slow the telling is, two processes do it at most: one that says «it works» or «alive», and one «about to end».
 */

import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import { every } from '../time/every.ts';
import { type Notify, notifySystemd } from './notify-systemd.ts';
import type { ServiceManager } from './service-manager.ts';

/** Options of {@link startSupervision}. */
export interface SupervisionOptions {
  /** Undefined: there is none. */
  readonly manager: ServiceManager | undefined;
  /** Whether the program works; while it says no, only the end of the process helps, and «alive» is not said. */
  readonly isWell?: (() => boolean) | undefined;
  readonly log: Logger;
  readonly clock?: Clock | undefined;
  readonly notify?: Notify | undefined;
  /** Aborted when the program is about to end. */
  readonly signal: AbortSignal;
}

/** The connection to the service manager. Disposing says nothing more and does not wait for what is being said. */
export interface Supervision extends AsyncDisposable {
  /** The program works. May be called again, which does nothing. */
  ready(): void;
}

/** Starts telling; before {@link Supervision.ready} nothing is said. */
export function startSupervision(options: SupervisionOptions): Supervision {
  const { manager, log, signal, isWell = () => true, notify = notifySystemd } = options;
  if (manager === undefined) return { ready() {}, async [Symbol.asyncDispose]() {} };
  const stack = new AsyncDisposableStack();
  let isReady = false;
  let isReadyKnown = false;
  let isTelling = false;
  let failure: string | undefined;

  async function tell(...states: readonly string[]): Promise<boolean> {
    const why = await notify(states);
    if (why !== failure && why === undefined) log.info('systemd can be told again how it goes');
    if (why !== failure && why !== undefined) log.warn({ why }, 'systemd cannot be told how it goes');
    failure = why;
    return why === undefined;
  }

  /** Readiness that did not arrive is said again: without it systemd takes the start for too slow, and ends it. */
  async function tellState(...states: readonly string[]): Promise<void> {
    if (isTelling || signal.aborted) return;
    isTelling = true;
    if (await tell(...(isReadyKnown ? [] : ['READY=1']), ...states)) isReadyKnown = true;
    isTelling = false;
  }

  /** Does not wait: what is disposed waits for the duty. */
  async function sayAlive(): Promise<void> {
    if (isWell()) void tellState('WATCHDOG=1');
  }

  const sayStopping = () => void tell('STOPPING=1');
  signal.addEventListener('abort', sayStopping, { once: true });
  stack.defer(() => signal.removeEventListener('abort', sayStopping));

  return {
    ready() {
      if (isReady || signal.aborted) return;
      isReady = true;
      void tellState();
      if (manager.watchdogMs === undefined) return;
      const onError = (err: unknown) => log.error({ err }, 'systemd could not be told how it goes');
      stack.use(every(sayAlive, { intervalMs: manager.watchdogMs / 2, onError, clock: options.clock }));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
