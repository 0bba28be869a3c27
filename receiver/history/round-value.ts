/** A value with four significant digits, which is more than a graph shows, and short as JSON. */
export function roundValue(value: number): number {
  return Number(value.toPrecision(4));
}
