import type { Position } from '../shared/log/position.ts';
import type { Recorder } from './recorder/recorder.ts';
import type { Uplink } from './uplink/uplink.ts';

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
  };
  readonly sleeptime: number;
  readonly uplink: ReturnType<Uplink['state']>;
  readonly recorder: ReturnType<Recorder['state']>;
}
