/** The line through points, by least squares. */
export interface Trend {
  /** Change of y for a step of 1 in x. */
  readonly slope: number;
  /** Standard error of the slope: it is off by more than twice that once in twenty times. */
  readonly error: number;
}

/** Fits a line through points. @throws RangeError with fewer than three points, of which no error can be told */
export function trendOf(points: readonly (readonly [x: number, y: number])[]): Trend {
  const count = points.length;
  if (count < 3) throw new RangeError(`a trend needs three points, there are ${count}`);
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const sumXX = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const sumXY = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const slope = sumXY / sumXX;
  const rest = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (count - 2) / sumXX) };
}
