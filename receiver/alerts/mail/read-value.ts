// Lines of a log come from outside, perhaps from another version, perhaps damaged: nothing in them is taken on trust.

/** An object of which nothing is known. */
export type Group = Readonly<Record<string, unknown>>;

/** A line as an object; undefined when it is none. */
export function parseObject(line: string): Group | undefined {
  try {
    return group(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** A value as an object; undefined when it is none. */
export function group(value: unknown): Group | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Group) : undefined;
}

/** A number of 0 or more; undefined for anything else, and for what is so large that it must be damage. */
export function number(value: unknown): number | undefined {
  const isSane = typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
  return isSane ? value : undefined;
}

/** A time in RFC 3339, ms since 1970. */
export function momentMs(value: unknown): number | undefined {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
