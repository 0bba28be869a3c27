import type { LogId } from '../names/log-id.ts';
import type { FileNews } from './file-change.ts';
import type { LogPaths } from './log.ts';
import type { OpenSegment } from './open-segment.ts';
import type { Sealer } from './sealer.ts';
import type { LostSegments, SegmentRecord } from './segment-records.ts';

/** Options of a `LogWriter`. */
export interface LogWriterOptions {
  readonly paths: LogPaths;
  /** Boot id of this machine. */
  readonly bootId: string;
  /** A segment is closed when it has reached this length, bytes. */
  readonly segmentBytes: number;
  readonly sealer: Sealer;
}

/** What a writer knows when it is opened; see `openLogWriter`. */
export interface LogWriterState {
  readonly id: LogId;
  readonly open: OpenSegment;
  /** Its last line is not ended; the next append does that. */
  readonly isTorn: boolean;
  /** When the open segment was begun, ms since 1970. */
  readonly openSinceMs: number;
  readonly interrupted: readonly number[];
  readonly sealed: ReadonlyMap<number, SegmentRecord>;
  readonly lost: readonly LostSegments[];
  /** What was found when it was opened. */
  readonly news: readonly FileNews[];
}
