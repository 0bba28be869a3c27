import { computed, signal } from '@preact/signals';

/** The receiver's clock minus ours, ms: a browser's clock may be wrong, and ages must not be. */
export const clockOffsetMs = signal(0);

/** The receiver's time, ms since 1970; moves on every five seconds, which is exact enough for ages. */
export const now = signal(Date.now());

/** The receiver's time at this moment, ms since 1970. */
export function receiverNow(): number {
  return Date.now() + clockOffsetMs.peek();
}

/** Changes every ten seconds: for what is worth asking for again now and then, but of which no news come. */
export const everyTenSeconds = computed(() => Math.floor(now.value / 10_000));

/** Takes the receiver's time from an answer. */
export function setReceiverNow(nowMs: number): void {
  clockOffsetMs.value = nowMs - Date.now();
  now.value = nowMs;
}

/** Moves `now` on, for as long as the page is open. */
export function startClock(): void {
  setInterval(() => {
    if (!document.hidden) now.value = receiverNow();
  }, 5000);
}
