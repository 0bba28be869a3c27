import { longestWaitMs } from '../../../shared/protocol/reconnect-wait.ts';
import type { Clock } from '../../../shared/time/clock.ts';

/** How long a try to connect may take that began before the receiver was back, ms. */
const CONNECT_MS = 10_000;

/** How long it takes from a connection to WELCOME, when a whole fleet comes back; ms. */
const HANDSHAKE_MS = 2_000;

/** A program that is busy is not away; ms. */
const BUSY_MS = 5_000;

/** How long every sender needs at most to be back after the receiver was away for `absenceMs`; ms. */
export function returnMs(absenceMs: number): number {
  return longestWaitMs(absenceMs) + Math.min(CONNECT_MS, absenceMs) + HANDSHAKE_MS;
}

/** Notices that this program, or the whole machine, stood still. */
export interface AbsenceWatch {
  /** How long it was away since the last call, ms; 0 as a rule. To be called at least every second. */
  sinceLast(): number;
}

/** Begins to watch. It goes by the uptime, which counts the time of a suspended machine and cannot be set. */
export function watchAbsence(clock: Pick<Clock, 'uptime'>): AbsenceWatch {
  let lastMs = clock.uptime();
  return {
    sinceLast() {
      const nowMs = clock.uptime();
      const passedMs = nowMs - lastMs;
      lastMs = nowMs;
      return passedMs > BUSY_MS ? passedMs : 0;
    },
  };
}
