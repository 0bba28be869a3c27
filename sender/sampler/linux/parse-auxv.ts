/** What the kernel told this process about itself. */
export interface AuxvReading {
  /** Bytes in a page. */
  readonly pageBytes: number;
  /** Ticks in a second, the unit of `/proc/stat` (USER_HZ). */
  readonly ticksPerSecond: number;
}

const AT_PAGESZ = 6;
const AT_CLKTCK = 17;

/**
 * Reads `/proc/self/auxv`, pairs of machine words; the only place that tells both without starting `getconf`. What cannot be
 * found there is 4096 and 100, right on nearly every machine. See getauxval(3).
 */
export function parseAuxv(bytes: Buffer): AuxvReading {
  for (const wordBytes of [8, 4] as const) {
    const pageBytes = findWord(bytes, wordBytes, AT_PAGESZ);
    const ticksPerSecond = findWord(bytes, wordBytes, AT_CLKTCK);
    if (
      isPageSize(pageBytes) &&
      ticksPerSecond !== undefined &&
      ticksPerSecond >= 1 &&
      ticksPerSecond <= 10_000
    ) {
      return { pageBytes, ticksPerSecond };
    }
  }
  return { pageBytes: 4096, ticksPerSecond: 100 };
}

function findWord(bytes: Buffer, wordBytes: 4 | 8, key: number): number | undefined {
  // Node runs on little-endian machines and on s390x.
  const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number) =>
    wordBytes === 4 ? view.getUint32(at, isLittleEndian) : Number(view.getBigUint64(at, isLittleEndian));
  for (let at = 0; at + 2 * wordBytes <= bytes.length; at += 2 * wordBytes) {
    if (word(at) === key) return word(at + wordBytes);
  }
  return undefined;
}

function isPageSize(value: number | undefined): value is number {
  return value !== undefined && value >= 1024 && value <= 1024 * 1024 && Number.isInteger(Math.log2(value));
}
