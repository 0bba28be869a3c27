/**
 * The pulse of a worker thread: a number in shared memory that the thread's event loop counts up once a second, and that the main thread looks
 * at. Cheaper than questions and answers (one addition, nothing to deliver), and it says the same: the event loop turns.
 *
 * 1. A thread without a beat in {@link WorkerWatchOptions.limitMs} of the main thread's own looking hangs. What counts is how often the main thread has looked in
 *    vain, each look some seconds after the one before: a machine that was suspended or a process that was stopped (SIGSTOP) is one look late,
 *    however long that took, and a clock that is set means nothing.
 * 2. A thread that hangs is ended as a crash would end it; whoever started it starts it again. Nothing is lost by that but what was not acknowledged.
 * 3. A thread that a call of the system holds (a disk that does not answer) cannot be ended before that call returns, and does nothing more
 *    when it does. Until then its files may be written by it, so what it held stays its own.
 */

/** How often a worker thread has counted; index 0 of shared memory. */
export type Pulse = Int32Array<SharedArrayBuffer>;

/** How often a worker thread is to count, ms. */
export const BEAT_MS = 1000;

/** Makes the pulse of a thread that is about to start. */
export function newPulse(): Pulse {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Counts; called by the thread's event loop every {@link BEAT_MS} or so. */
export function beat(pulse: Pulse): void {
  Atomics.add(pulse, 0, 1);
}

/** What the thread has counted to; goes round after some decades. */
export function readPulse(pulse: Pulse): number {
  return Atomics.load(pulse, 0);
}
