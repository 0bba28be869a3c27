/** What a peer may do at most; `receiver.limits` in config.json. */
export interface IngestLimits {
  /** Payload of a frame of a node that is connected, bytes. Before that it is {@link NEWCOMER_FRAME_BYTES}. */
  readonly frameBytes: number;
  /** A line of a log with its `\n`, bytes. */
  readonly lineBytes: number;
  /** What may wait for a peer that does not read, bytes. */
  readonly unreadBytes: number;
  /** Connections at once that have not said who they are, all together and of one address. */
  readonly newcomers: number;
  readonly newcomersPerAddress: number;
  /** What one node may send in a day (UTC), bytes. */
  readonly bytesPerDay: number;
}

/** Longest payload before a peer has proven who it is, bytes: HELLO and JOIN are shorter. */
export const NEWCOMER_FRAME_BYTES = 64 * 1024;
