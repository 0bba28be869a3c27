import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../shared/time/clock.ts';

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /**
   * Lets time pass: wakes whoever sleeps, in the order in which they are due, each at its own moment, and lets what follows
   * run (also when it goes to sleep again) before the next is woken. What waits for real input or output may need longer.
   */
  advance(ms: number): Promise<void>;
  /** Sets the machine's clock to another time, ms since 1970, as an administrator would; nobody wakes. */
  set(nowMs: number): void;
  /** The machine is suspended for so long: nobody wakes, the clock on the wall and the uptime go on. */
  suspend(ms: number): void;
  /** How many sleep; a test that waits for it knows that a loop has come to rest. */
  sleeping(): number;
}

const MAX_WAKES = 100_000;

interface Sleeper {
  readonly dueMs: number;
  wake(): void;
}

/** Makes a clock that shows `nowMs`, ms since 1970; 2026-01-01 by default. */
export function fakeClock(nowMs: number = Date.UTC(2026, 0, 1)): FakeClock {
  const sleepers = new Set<Sleeper>();
  let monotonicMs = 0;
  let offsetMs = nowMs;
  let suspendedMs = 0;

  function nextDue(untilMs: number): Sleeper | undefined {
    return [...sleepers]
      .filter(({ dueMs }) => dueMs <= untilMs)
      .toSorted((a, b) => a.dueMs - b.dueMs)
      .at(0);
  }

  return {
    now: () => offsetMs + monotonicMs,
    monotonic: () => monotonicMs,
    uptime: () => monotonicMs + suspendedMs,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const end = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', abort);
        };
        const abort = () => {
          end();
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          dueMs: monotonicMs + Math.max(0, ms),
          wake() {
            end();
            resolve();
          },
        };
        signal?.addEventListener('abort', abort);
        sleepers.add(sleeper);
      });
    },
    alarm(onRing) {
      let sleeper: Sleeper | undefined;
      const clear = () => {
        if (sleeper !== undefined) sleepers.delete(sleeper);
        sleeper = undefined;
      };
      return {
        set(ms) {
          clear();
          sleeper = {
            dueMs: monotonicMs + Math.max(0, ms),
            wake() {
              clear();
              onRing();
            },
          };
          sleepers.add(sleeper);
        },
        clear,
      };
    },
    async advance(ms) {
      const untilMs = monotonicMs + ms;
      let wakes = 0;
      await turn();
      for (let next = nextDue(untilMs); next !== undefined; next = nextDue(untilMs)) {
        monotonicMs = Math.max(monotonicMs, next.dueMs);
        if (++wakes > MAX_WAKES)
          throw new Error(`more than ${MAX_WAKES} wakes in ${ms} ms: somebody sleeps 0 ms in a loop`);
        next.wake();
        await turn();
      }
      monotonicMs = untilMs;
    },
    set(atMs) {
      offsetMs = atMs - monotonicMs;
    },
    suspend(ms) {
      offsetMs += ms;
      suspendedMs += ms;
    },
    sleeping: () => sleepers.size,
  };
}
