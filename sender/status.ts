import { join } from 'node:path';
import type { LogWriter } from '../shared/log/log-writer.ts';
import type { Position } from '../shared/log/position.ts';
import type { Recorder } from './recorder/recorder.ts';
import type { Uplink } from './uplink/uplink.ts';

/** A segment that was given up. */
export interface LostSegment {
  readonly segment: number;
  readonly reason: string;
  readonly found: string;
  /** Where its file lies now; null where there was none. */
  readonly file: string | null;
}

/** What `status --json` prints. Times are RFC 3339 in UTC. */
export interface SenderStatus {
  readonly pid: number;
  readonly version: string;
  readonly started: string;
  readonly node: string;
  readonly data_directory: string;
  readonly log: {
    readonly id: string;
    readonly path: string;
    readonly end: Position;
    readonly oldest: number;
    /** Segments that turned out to be damaged and were given up. */
    readonly lost: readonly LostSegment[];
  };
  readonly sleeptime: number;
  readonly uplink: ReturnType<Uplink['state']>;
  readonly recorder: ReturnType<Recorder['state']>;
}

/** What `status` says of the log. */
export function logStatusOf(writer: LogWriter): SenderStatus['log'] {
  const { id, paths, end, oldest } = writer;
  const lost = writer.lost.map(({ from: segment, reason, atMs, aside }) => ({
    segment,
    reason,
    found: new Date(atMs).toISOString(),
    file: aside === undefined ? null : join(paths.directory, aside),
  }));
  return { id, path: paths.open, end, oldest, lost };
}
