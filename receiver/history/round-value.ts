/** A value with four significant digits, which is more than a graph shows, and short as JSON. */
export function roundValue(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0;
  const scale = 10 ** (3 - Math.floor(Math.log10(Math.abs(value))));
  return scale >= 1 ? Math.round(value * scale) / scale : Math.round(value / (1 / scale)) * (1 / scale);
}
