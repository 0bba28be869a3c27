/** The polynomial of CRC-32 (ISO 3309, as in zlib), its bits reversed. */
const POLYNOMIAL = 0xed_b8_83_20;

/** x^0 and x^8: the highest bit is the lowest power. */
const ONE = 0x80_00_00_00;
const BYTE = 0x00_80_00_00;

/** The last length and what {@link shiftBy} made of it: those of frames are mostly the same. */
const last = { bytes: 0, shift: ONE };

/**
 * The CRC-32 of a followed by b, made of those of a and of b, without looking at the bytes again.
 *
 * Appending n bytes to a multiplies a's remainder by x^(8n), modulo the polynomial, and adds b's; both are multiplications of
 * polynomials over GF(2), of which x^(8n) takes about two for each bit of n. (Mark Adler describes it in zlib's crc32.c.)
 *
 * @param bytesOfB length of b, up to 2^53
 */
export function combineCrc32(crcOfA: number, crcOfB: number, bytesOfB: number): number {
  if (last.bytes !== bytesOfB) {
    last.bytes = bytesOfB;
    last.shift = shiftBy(bytesOfB);
  }
  return (multiply(last.shift, crcOfA) ^ crcOfB) >>> 0;
}

/** x^(8 × bytes) modulo the polynomial. */
function shiftBy(bytes: number): number {
  let shift = ONE;
  for (let rest = bytes, power = BYTE; rest > 0; rest = Math.floor(rest / 2), power = multiply(power, power))
    if (rest % 2 === 1) shift = multiply(power, shift);
  return shift;
}

/** Product of two polynomials modulo that of CRC-32. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = ONE, shifted = b; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
  }
  return product >>> 0;
}
