import type { Position } from '../../shared/log/position.ts';

/** The copies of a log: the receiver's live one, the mirror, and the node's own. */
export type CopyName = 'live' | 'mirror' | 'node';

/**
 * What was proven. `sound`: every copy that should be there was read, and all agree. `not_sound`: something is damaged, missing or
 * different. `not_proven`: nothing is known to be wrong, but something could not be looked at.
 */
export type Verdict = 'sound' | 'not_sound' | 'not_proven';

/** One copy of a log, as far as it could be read. */
export interface CopyReport {
  readonly copy: CopyName;
  /** Undefined where there is nothing, or where the node could not be asked; `absence` says why. */
  readonly end: Position | undefined;
  readonly absence: string | undefined;
  readonly segments: number;
  /** Of plain content. */
  readonly bytes: number;
  /** How many bytes this copy ends before the longest one. Expected: a mirror is as old as its last run. */
  readonly behindBytes: number;
  /** Segments before its end that another copy has and this one has not, and that its retention did not drop. */
  readonly missingSegments: readonly number[];
  /** Segments that end here before they ended on the node, which had no more of them. */
  readonly shortSegments: readonly number[];
  /** Segments that were lost on the node before they came here; known, and told of when it was found. */
  readonly lostSegments: readonly { readonly from: number; readonly to: number; readonly reason: string }[];
}

/** Something that is wrong with a copy. */
export interface CopyFinding {
  /** The copy that is wrong; undefined when two differ and nothing tells which of them is right. */
  readonly copy: CopyName | undefined;
  /** The file it concerns; the node's own files are not named. */
  readonly file: string | undefined;
  readonly segment: number | undefined;
  /** Bytes from the beginning of the segment's plain content, or of the file as it lies where `isRaw`. */
  readonly offset: number | undefined;
  /** The offset counts in the compressed file. */
  readonly isRaw: boolean;
  /** In plain words, without a full stop. */
  readonly what: string;
}

/** The copies of one log. */
export interface LogCopies {
  /** `node-7`, or `node-7@ID` when it is archived. */
  readonly name: string;
  readonly node: string;
  /** Id of the log; undefined when no copy tells it. */
  readonly log: string | undefined;
  readonly copies: readonly CopyReport[];
  /** Up to here every copy that has the bytes has the same ones. Undefined where there is one copy only. */
  readonly agreedTo: Position | undefined;
  readonly verdict: Verdict;
  readonly findings: readonly CopyFinding[];
  /** Why something is not proven, in plain words without a full stop. */
  readonly doubts: readonly string[];
}

/** What {@link verifyCopies} found; it can be written as JSON as it is. */
export interface CopiesReport {
  /** The worst verdict of all logs and the mirror. */
  readonly verdict: Verdict;
  /** The verdict is `sound`. */
  readonly isSound: boolean;
  /** Why there is no mirror to compare with; undefined when there is one. */
  readonly mirrorAbsence: string | undefined;
  /** The mirror is not there although there was one. */
  readonly isMirrorLost: boolean;
  readonly logs: readonly LogCopies[];
}

/** How far a verification is. */
export interface VerifyProgress {
  /** The log being read. */
  readonly name: string;
  readonly copy: CopyName;
  /** Its place among all logs, from 1, and how many there are. */
  readonly index: number;
  readonly count: number;
  /** Of this copy so far. */
  readonly segment: number;
  readonly bytes: number;
}

/** The verdict over several. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('not_sound')) return 'not_sound';
  return verdicts.includes('not_proven') ? 'not_proven' : 'sound';
}

/** The verdict on what was found, and what could not be looked at. */
export function verdictOf(findings: readonly unknown[], doubts: readonly unknown[]): Verdict {
  if (findings.length > 0) return 'not_sound';
  return doubts.length > 0 ? 'not_proven' : 'sound';
}

/** A finding about a copy as a whole, or about a segment that is not there. */
export function findingOf(
  copy: CopyName | undefined,
  what: string,
  place: { readonly file?: string | undefined; readonly segment?: number | undefined } = {},
): CopyFinding {
  const { file, segment } = place;
  return { copy, file, segment, offset: undefined, isRaw: false, what };
}
