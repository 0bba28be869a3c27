const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

const TIME_UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** A number of bytes in three digits and a binary unit: `1.46 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 and not 1024: it would be rounded to four digits.
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : threeDigits(value)} ${BYTE_UNITS[unit]}`;
}

/** A span of time, ms, in its two largest units: `4 min 12 s`, `3 d 4 h`; below ten seconds `3.2 s`, below one `320 ms`. */
export function formatDuration(durationMs: number): string {
  const roundedMs = Math.max(0, Math.round(durationMs));
  if (roundedMs === 0) return '0 s';
  if (roundedMs < 1000) return `${roundedMs} ms`;
  if (roundedMs < 9950) return `${(roundedMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(roundedMs / 1000);
  const largest = TIME_UNITS.findIndex(([, unitSeconds]) => seconds >= unitSeconds);
  return twoUnits(seconds, largest);
}

/** How long ago, or how far ahead, a moment lies; both in ms since 1970: `4 min 12 s ago`, `in 3 d`, `now`. */
export function formatRelative(atMs: number, nowMs: number): string {
  const aheadMs = atMs - nowMs;
  if (Math.abs(aheadMs) < 1000) return 'now';
  return aheadMs > 0 ? `in ${formatDuration(aheadMs)}` : `${formatDuration(-aheadMs)} ago`;
}

/** A ratio of 0–1 as a percentage: `12.3 %`. */
export function formatRatio(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

function twoUnits(seconds: number, largest: number): string {
  const parts: string[] = [];
  let rest = seconds;
  for (const [name, unitSeconds] of TIME_UNITS.slice(largest, largest + 2)) {
    const count = Math.floor(rest / unitSeconds);
    rest -= count * unitSeconds;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(' ');
}

function threeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2);
  return value.toFixed(value < 99.95 ? 1 : 0);
}
