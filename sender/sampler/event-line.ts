/** Something that happened to the log itself, told in the log. */
export type LogEvent =
  | {
      /** Samples that could not be kept, for example because the disk was full. */
      readonly kind: 'lost';
      /** How many. */
      readonly samples: number;
      /** When the first of them was due, ms since 1970. */
      readonly sinceMs: number;
      /** Why, for a person. */
      readonly reason: string;
    }
  | {
      /** A segment of this log turned out to be damaged, and cannot be sent. */
      readonly kind: 'lost_segment';
      readonly segment: number;
      /** How much of it no receiver got, bytes. */
      readonly bytes: number;
      /** Time of the segment's first and last line, ms since 1970. */
      readonly fromMs: number;
      readonly toMs: number;
      /** Why, for a person. */
      readonly reason: string;
    }
  | {
      /** Somebody else changed the file of a segment that was being written. */
      readonly kind: 'file_changed';
      readonly segment: number;
      /** How much had been written to it, and how much of that was still there; bytes. */
      readonly writtenBytes: number;
      readonly keptBytes: number;
      /** The file that was set aside, by its name in the log's directory; undefined where there was nothing to keep. */
      readonly aside: string | undefined;
      /** What happened, for a person. */
      readonly reason: string;
    }
  | {
      /** From now on samples are this far apart. */
      readonly kind: 'interval';
      /** Seconds. */
      readonly sleeptime: number;
    };

/**
 * Writes an event as a line of the log without `\n`.
 *
 * @param atMs the time the line shall carry, ms since 1970
 */
export function encodeEvent(atMs: number, event: LogEvent): string {
  return JSON.stringify({ t: new Date(atMs).toISOString(), event: shownEvent(event) });
}

function shownEvent(event: LogEvent): object {
  switch (event.kind) {
    case 'lost':
      return {
        kind: event.kind,
        samples: event.samples,
        since: new Date(event.sinceMs).toISOString(),
        reason: event.reason.slice(0, 200),
      };
    case 'lost_segment':
      return {
        kind: event.kind,
        segment: event.segment,
        bytes: event.bytes,
        from: new Date(event.fromMs).toISOString(),
        to: new Date(event.toMs).toISOString(),
        reason: event.reason.slice(0, 200),
      };
    case 'file_changed':
      return {
        kind: event.kind,
        segment: event.segment,
        written: event.writtenBytes,
        kept: event.keptBytes,
        ...(event.aside === undefined ? {} : { aside: event.aside }),
        reason: event.reason.slice(0, 200),
      };
    case 'interval':
      return { kind: event.kind, sleeptime: event.sleeptime };
    default:
      return event satisfies never;
  }
}
