/**
 * What is wrong with the file of a segment. `gone`: nothing lies at its path; `replaced`: another file does; `shorter`, `longer`: it has
 * another length than was written; `altered`: other bytes; `differs`: the receiver holds other bytes, and this copy gave way.
 */
export type FileFault = 'gone' | 'replaced' | 'shorter' | 'longer' | 'altered' | 'differs';

/** Somebody other than this program has changed the file of a segment that was not sealed. */
export interface FileChange {
  readonly segment: number;
  readonly fault: FileFault;
  /** How much had been written to it, as far as that is known; bytes. */
  readonly writtenBytes: number;
  /** How much of that is still there, bytes from its beginning. */
  readonly keptBytes: number;
  /** What lay there and was not the log, by its name in the log's directory. */
  readonly aside: string | undefined;
}

/** What a writer tells about its files. */
export type FileNews =
  | ({ readonly kind: 'changed' } & FileChange)
  /** A segment that was changed has ended, and nobody had its last bytes. */
  | {
      readonly kind: 'lost';
      readonly segment: number;
      /** How many are lost. */
      readonly bytes: number;
      /** Time of the last line that was kept, ms since 1970. */
      readonly sinceMs: number;
    };

const WORDS: Readonly<Record<FileFault, string>> = {
  gone: 'the file of the open segment was moved away or deleted',
  replaced: 'another file took the place of the open segment',
  shorter: 'the file of the open segment was cut',
  longer: 'something else wrote to the file of the open segment',
  altered: 'the file of the open segment does not hold what was written to it',
  differs: 'the receiver holds other bytes of this segment',
};

/** Says what happened to a file, for a person; without a full stop. */
export function describeFault(fault: FileFault): string {
  return WORDS[fault];
}
