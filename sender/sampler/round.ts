/** Rounds to a number of decimals, so that a line never holds seventeen digits. */
export function round(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}

/** Rounds to a number of decimals and leaves out the zeros at the end. Not a number becomes 0. */
export function row(values: readonly number[], decimals: number): number[] {
  const scale = 10 ** decimals;
  const rounded: number[] = [];
  let length = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    // A counter of bytes times a thousand may be beyond 2^53.
    const short = Number.isInteger(value) ? value : Math.round(value * scale) / scale;
    rounded.push(Number.isFinite(short) ? short : 0);
    if (rounded[i] !== 0) length = i + 1;
  }
  rounded.length = length;
  return rounded;
}
