import type { LogPaths } from '../../shared/log/log.ts';
import type { LogFollower } from '../../shared/log/log-follower.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { CopyNote } from './copy-note.ts';

/** Options of `copyLog`. */
export interface CopyLogOptions {
  /** The copy to read; another program may be writing it. */
  readonly source: LogPaths;
  /** The copy to bring up to date. Nobody else may be writing it. */
  readonly target: LogPaths;
  /** The log of which both are copies. */
  readonly id: LogId;
  /** Boot id of this machine. */
  readonly bootId: string;
  /**
   * What happens to an open segment of the target that differs from the source's over what both have. The mirror keeps one that
   * `isAhead`, longer than the source's, since it may be all that is left.
   */
  readonly whenOpenDiffers: (isAhead: boolean) => 'keep' | 'set-aside';
  /** Segments of the target to be fetched again although they are there. */
  readonly damaged?: ReadonlySet<number> | undefined;
  /** Told of bytes as they are written to log files. */
  readonly onWritten?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What one copying works with. */
export interface Copying {
  readonly options: CopyLogOptions;
  readonly follower: LogFollower;
  readonly note: (note: CopyNote) => void;
  readonly count: (bytes: number) => void;
}
