import type { FileChange, FileNews } from './file-change.ts';

/** Keeps what a writer finds out about its files until somebody listens, and what is still to be found out. */
export class FileNewsDesk {
  readonly #kept: FileNews[];
  /** How much had been written to segments that were changed and have not ended yet, bytes by number. */
  readonly #written = new Map<number, number>();
  #listener: ((news: FileNews) => void) | undefined;

  /** @param news what is known already */
  constructor(news: readonly FileNews[]) {
    this.#kept = [...news];
    for (const one of news) if (one.kind === 'changed') this.#written.set(one.segment, one.writtenBytes);
  }

  /** Tells `listener` everything from now on, what was kept first. */
  connect(listener: (news: FileNews) => void): void {
    this.#listener = listener;
    for (const news of this.#kept.splice(0)) listener(news);
  }

  /** A file was changed by somebody else. */
  changed(change: FileChange): void {
    if (change.keptBytes < change.writtenBytes) this.#written.set(change.segment, change.writtenBytes);
    this.#tell({ kind: 'changed', ...change });
  }

  /** A segment that had been interrupted has ended with this length: what was written and is not there, nobody has. */
  ended(segment: number, bytes: number, sinceMs: number): void {
    const missing = (this.#written.get(segment) ?? 0) - bytes;
    this.#written.delete(segment);
    if (missing > 0) this.#tell({ kind: 'lost', segment, bytes: missing, sinceMs });
  }

  #tell(news: FileNews): void {
    if (this.#listener === undefined) this.#kept.push(news);
    else this.#listener(news);
  }
}
