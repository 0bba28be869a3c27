import { InvalidArgumentError } from 'commander';
import { parseByteSize } from '../config/byte-size.ts';

/** Limits of a number, both allowed themselves. */
export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  /** What it counts, for the message: `seconds`. */
  readonly unit?: string | undefined;
}

const DURATION_UNITS_MS = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Makes a parser of a decimal number. Like all parsers here it is for commander, and throws InvalidArgumentError. */
export function parseNumber(limits: NumberLimits): (text: string) => number {
  return (text) => inLimits(/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN, limits, 'a number');
}

/** Makes a parser of a whole number. */
export function parseInteger(limits: NumberLimits): (text: string) => number {
  return (text) => inLimits(/^-?\d+$/.test(text) ? Number(text) : Number.NaN, limits, 'a whole number');
}

/** Reads a TCP port to listen on; 0 lets the system choose. */
export const parsePort: (text: string) => number = parseInteger({ min: 0, max: 65_535 });

/** Reads `500ms`, `30 s`, `10min`, `1.5 h` or `7d` as milliseconds. A number without a unit is refused: it could mean anything. */
export function parseDurationMs(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|min|h|d)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) {
    throw new InvalidArgumentError('Expected a time with its unit: 500ms, 30s, 10min, 1.5h or 7d.');
  }
  return Math.round(Number(amount) * DURATION_UNITS_MS[unit as keyof typeof DURATION_UNITS_MS]);
}

/** Reads `64MiB`, `2 GiB` or `1000 B` as bytes. */
export function parseSizeBytes(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes === undefined)
    throw new InvalidArgumentError('Expected a size with its unit: 1000B, 64MiB or 2GiB.');
  return bytes;
}

function inLimits(value: number, { min, max, unit }: NumberLimits, what: string): number {
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(
    `Expected ${what}${unit === undefined ? '' : ` of ${unit}`} from ${min} to ${max}.`,
  );
}
