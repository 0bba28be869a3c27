/** What a log says about the time before something happened; lines as they stand in it. */
export interface RecentLines {
  /** Samples, oldest first, the last one the newest: one every so often, as far back as was asked for. */
  readonly samples: readonly string[];
  /** The newest line about the busiest processes. */
  readonly top: string | undefined;
}

/** How far back: `now` is the newest sample alone. */
export type RecentSpan = 'hour' | 'now';
