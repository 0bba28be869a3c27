/** Values as people read them. A number and its unit are kept together by a narrow no-break space. */

const NARROW = '\u202f';
const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

const UNITS = ['ratio', 'bytes', 'bytes/s', '1/s', 'celsius', 'rpm', 'seconds', 'count'] as const;

/** What is shown where nothing is known. */
export const UNKNOWN = '–';

/** How a number is told to people; the words of the receiver's list of series. */
export type Unit = (typeof UNITS)[number];

/** Reads the name of a unit; one that this client does not know is a number without any. */
export function readUnit(name: string | undefined): Unit {
  return UNITS.find((unit) => unit === name) ?? 'count';
}

/** A value with its unit, three digits or so: `23 %`, `1.4 GiB`, `54 °C`. */
export function formatValue(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  switch (unit) {
    case 'ratio':
      return join(formatDigits(value * 100, 0), '%');
    case 'bytes':
      return scaled(value, 1024, BINARY);
    case 'bytes/s':
      return `${scaled(value, 1000, DECIMAL)}/s`;
    case '1/s':
      return join(formatCount(value), '/s');
    case 'celsius':
      return join(formatDigits(value, 0), '°C');
    case 'rpm':
      return join(formatDigits(value, 0), 'rpm');
    case 'seconds':
      return formatDuration(value * 1000);
    case 'count':
      return formatCount(value);
    default:
      return unit satisfies never;
  }
}

/** The values of an axis; numbers without a unit all have as many digits as the one that needs most. */
export function formatTickValues(values: readonly number[], unit: Unit): string[] {
  if (unit !== 'count' || values.some((value) => value >= 1000)) {
    return values.map((value) => formatValue(value, unit));
  }
  const digits = [0, 1].find((count) => values.every((value) => isShort(value, count))) ?? 2;
  return values.map((value) => formatDigits(value, digits));
}

function isShort(value: number, digits: number): boolean {
  return Math.abs(value - Number(value.toFixed(digits))) < 1e-9;
}

/** A count of bytes: `1.4 GiB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 1024, BINARY);
}

/** The largest two units of a length of time, ms: `3 d 4 h`, `12 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days >= 730) return join(formatDigits(days / 365.25, 1), 'y');
  if (days >= 10) return join(String(days), 'd');
  if (days > 0) return pair(days, 'd', hours, 'h');
  if (hours > 0) return pair(hours, 'h', minutes, 'min');
  if (minutes > 0) return join(String(minutes), 'min');
  return join(String(seconds), 's');
}

/** A number without a unit: `1 234`, `0.53`. */
export function formatCount(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return join(formatDigits(value / 1e6, 1), 'M');
  if (size >= 100 || Number.isInteger(value)) return formatDigits(value, 0);
  return formatDigits(value, size >= 10 ? 1 : 2);
}

function formatDigits(value: number, digits: number): string {
  const text = value.toFixed(digits);
  const sign = Number(text) === 0 ? '' : text.startsWith('-') ? '−' : '';
  return sign + text.replace('-', '').replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, NARROW);
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let rest = Math.abs(value);
  let index = 0;
  // 999.5 would be shown as 1000.
  while (rest >= base - 0.5 && index < units.length - 1) {
    rest /= base;
    index++;
  }
  const digits = index === 0 || rest >= 99.95 ? 0 : 1;
  return join(formatDigits(value < 0 ? -rest : rest, digits), units[index] ?? '');
}

function pair(a: number, unitA: string, b: number, unitB: string): string {
  return b === 0 ? join(String(a), unitA) : `${join(String(a), unitA)} ${join(String(b), unitB)}`;
}

function join(number: string, unit: string): string {
  return `${number}${NARROW}${unit}`;
}
