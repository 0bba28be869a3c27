import type { StoredSegment } from '../../shared/log/list-segments.ts';
import type { Position } from '../../shared/log/position.ts';
import type { SegmentRecord } from '../../shared/log/segment-records.ts';

/** What lies in the copy that is being copied from. */
export interface SourceFacts {
  /** Ascending. */
  readonly stored: readonly StoredSegment[];
  readonly records: ReadonlyMap<number, SegmentRecord>;
}

/** The next thing to do so that the target has what the source has. */
export type CopyStep =
  /** The target has everything, perhaps more. */
  | { readonly kind: 'done' }
  /** Go on at the beginning of `segment`; `missing` (numbers, both inclusive) are nowhere to be had. */
  | {
      readonly kind: 'begin';
      readonly segment: number;
      readonly missing: { readonly from: number; readonly to: number } | undefined;
    }
  /** Take over the compressed segment as it lies. */
  | { readonly kind: 'adopt'; readonly record: SegmentRecord }
  /** Append what is missing, then close the segment as the source did. */
  | { readonly kind: 'close'; readonly record: SegmentRecord }
  /** Append what is missing; while the segment is open it may grow meanwhile. */
  | { readonly kind: 'append'; readonly segment: number; readonly isOpen: boolean };

/**
 * Decides the next step of a copy that ends at `end` (undefined: it holds nothing).
 *
 * @param appended the segment to which everything has been appended already in this run.
 */
export function decideStep(
  end: Position | undefined,
  source: SourceFacts,
  appended: number | undefined,
): CopyStep {
  if (end === undefined) {
    const first = source.stored[0];
    return first === undefined
      ? { kind: 'done' }
      : { kind: 'begin', segment: first.number, missing: undefined };
  }
  const stored = source.stored.find(({ number }) => number === end.segment);
  if (stored === undefined) return passOver(end.segment, source, true);
  const record = source.records.get(stored.number);
  if (stored.kind === 'open' || record === undefined) {
    // One that is closed and not recorded has lost its record: it is copied, and left where others follow.
    if (appended !== stored.number)
      return { kind: 'append', segment: stored.number, isOpen: stored.kind === 'open' };
    return passOver(stored.number, source, false);
  }
  if (record.isShort && end.offset >= record.bytes) {
    return { kind: 'begin', segment: stored.number + 1, missing: undefined };
  }
  return stored.kind === 'sealed' ? { kind: 'adopt', record } : { kind: 'close', record };
}

/** Goes on behind a segment of which the source has no more. */
function passOver(number: number, source: SourceFacts, isMissing: boolean): CopyStep {
  const later = source.stored.find((segment) => segment.number > number);
  if (later === undefined) return { kind: 'done' };
  const missing = isMissing ? { from: number, to: later.number - 1 } : undefined;
  return { kind: 'begin', segment: later.number, missing };
}
