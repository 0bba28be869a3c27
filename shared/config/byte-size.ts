const UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, PiB: 2 ** 50 } as const;

/** What {@link parseByteSize} reads. Powers of 1024 only: `MB` means two different things, so it is refused. */
export const SIZE_PATTERN = /^(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB|TiB|PiB)$/;

/** Reads `64 MiB` or `2GiB` as a number of bytes; undefined when it is no such text or not a whole number of bytes. */
export function parseByteSize(text: string): number | undefined {
  const [, amount, unit] = SIZE_PATTERN.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const bytes = Number(amount) * UNITS[unit as keyof typeof UNITS];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Writes a number of bytes in the largest unit that needs no fraction: `64 MiB`. {@link parseByteSize} reads it back. */
export function formatByteSize(bytes: number): string {
  const fits = ([, unitBytes]: readonly [string, number]) => bytes >= unitBytes && bytes % unitBytes === 0;
  const [unit, unitBytes] = Object.entries(UNITS).toReversed().find(fits) ?? ['B', 1];
  return `${bytes / unitBytes} ${unit}`;
}
