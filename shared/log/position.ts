/** A place in a log: the bytes before `offset` in segment `segment`, and all earlier segments, lie before it. */
export interface Position {
  /** Number of the segment, from 1. */
  readonly segment: number;
  /** Bytes from the segment's beginning (of its plain content, also when it lies compressed). */
  readonly offset: number;
}

/** Negative when `a` lies before `b`, positive when after, 0 when they are the same place. */
export function comparePositions(a: Position, b: Position): number {
  return a.segment - b.segment || a.offset - b.offset;
}
