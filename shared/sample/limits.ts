/**
 * The values that a gauge of a sample can truly have. A value outside its limits is a fault of a
 * driver, a kernel or a container, and is reported as not known: a wrong number is worse than none.
 * `docs/log-format.md` lists the limits.
 */

/**
 * Sensors say -128, -64, -63, -62 or -273 °C when nothing is connected, and 127, 128 or 255 °C when
 * a byte is full. No part of a computer works at 127 °C.
 */
const CELSIUS = { above: -60, below: 127 };

/**
 * Fans of servers reach 30 000; a controller says 65 535 or a million of one that stands still or
 * is not there.
 */
const MAX_RPM = 50_000;

/** The kernel numbers threads up to 2^22, so no more can run, wait or be counted. */
const MAX_THREADS = 2 ** 22;

/** The kernel keeps a quarter of a kilobyte for each open file: so many would fill a terabyte. */
const MAX_FILES = 2 ** 32;

/** More memory than a processor can address (2^52), bytes. */
const MAX_MEMORY_BYTES = 2 ** 52;

/** One exbibyte: no local file system is larger. */
const MAX_FILESYSTEM_BYTES = 2 ** 60;

/** A hundred years, s. */
const MAX_UPTIME_S = 100 * 366 * 86_400;

/** Whether something in a computer can have this temperature. */
export function isCelsius(value: number): boolean {
  return value > CELSIUS.above && value < CELSIUS.below;
}

/** Whether a fan can turn so fast. */
export function isFanSpeed(rpm: number): boolean {
  return rpm >= 0 && rpm <= MAX_RPM;
}

/** Whether there can be so many threads, or a load average of so many. */
export function isThreadCount(count: number): boolean {
  return count >= 0 && count <= MAX_THREADS;
}

/** Whether so many files can be open. */
export function isFileCount(count: number): boolean {
  return count >= 0 && count <= MAX_FILES;
}

/** Whether a machine can have so much memory or swap space. 0 is possible: no swap. */
export function isMemorySize(bytes: number): boolean {
  return bytes >= 0 && bytes <= MAX_MEMORY_BYTES;
}

/** Whether a local file system can be so large. */
export function isFilesystemSize(bytes: number): boolean {
  return bytes > 0 && bytes <= MAX_FILESYSTEM_BYTES;
}

/** Whether a machine can have run for so long. */
export function isUptime(seconds: number): boolean {
  return seconds >= 0 && seconds <= MAX_UPTIME_S;
}

/** A ratio that rounding, or two clocks that differ, may have taken a little out of 0–1. */
export function toRatio(value: number): number {
  return Math.min(1, Math.max(0, value));
}
