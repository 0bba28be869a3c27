import { stat } from 'node:fs/promises';
import { errnoOf } from '../../shared/errors/errors.ts';
import { listSegments } from '../../shared/log/list-segments.ts';
import type { LogPaths } from '../../shared/log/log.ts';

/** A sealed segment up to which the copies have been read again. */
export interface ScrubCursor {
  /** `node-7`, or `node-7@ID` when it is archived. */
  readonly log: string;
  readonly segment: number;
}

/** A segment that somebody found damaged or missing. */
export interface SuspectSegment {
  readonly name: string;
  readonly segment: number;
}

/** Compressed bytes of the live logs that a scheduled run reads again; as much is read of the mirror. */
const BUDGET_BYTES = 64 * 1024 * 1024;

/** What a run reads again of the sealed segments: all, a share of them, or only those that are suspected. */
export type ScrubReach = 'all' | 'share' | 'suspects';

/** Options of {@link Scrub}. */
export interface ScrubOptions {
  readonly reach: ScrubReach;
  /** Where the run before this one stopped; undefined: begin at the first log. */
  readonly from: ScrubCursor | undefined;
  /** Read in any case. */
  readonly suspects: readonly SuspectSegment[];
}

/**
 * Chooses which sealed segments a run of the mirror reads again, in both copies: a drive that forgets does not say so by itself. A
 * scheduled run reads a share of them and the next one goes on there, so that everything has its turn.
 */
export class Scrub {
  readonly #suspects: readonly SuspectSegment[];
  #from: ScrubCursor | undefined;
  #leftBytes: number;
  #reached: ScrubCursor | undefined;

  constructor({ reach, from, suspects }: ScrubOptions) {
    this.#suspects = suspects;
    this.#from = reach === 'all' ? undefined : from;
    this.#reached = this.#from;
    this.#leftBytes = { all: Number.POSITIVE_INFINITY, share: BUDGET_BYTES, suspects: 0 }[reach];
  }

  /** Where the next run goes on; undefined when this one came to the end. */
  get reached(): ScrubCursor | undefined {
    return this.#leftBytes > 0 ? undefined : this.#reached;
  }

  /** The segments of a log to be read. To be asked for each log once, in the order of their names. */
  async choose(name: string, paths: LogPaths): Promise<ReadonlySet<number>> {
    const chosen = new Set(this.#suspects.filter((one) => one.name === name).map(({ segment }) => segment));
    if (this.#from !== undefined && name < this.#from.log) return chosen;
    const after = this.#from?.log === name ? this.#from.segment : 0;
    for (const { number, kind, path } of await listSegments(paths)) {
      if (this.#leftBytes <= 0) break;
      if (kind !== 'sealed' || number <= after) continue;
      chosen.add(number);
      this.#leftBytes -= Number.isFinite(this.#leftBytes) ? await sizeOf(path) : 0;
      this.#reached = { log: name, segment: number };
    }
    return chosen;
  }
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    (error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return 0;
      throw error;
    },
  );
}
