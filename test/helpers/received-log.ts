import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ReceiverEnd } from '../../sender/uplink/resume.ts';

/** A receiver's copy in memory, so strict that a gap, a repetition or a wrong SEAL is noted. */
export interface ReceivedLog {
  /** Up to where the copy goes, as WELCOME says it; segment 1, offset 0 at first. */
  readonly end: ReceiverEnd;
  /** What came and may not have come, in plain words. A test ends by comparing it with nothing. */
  readonly faults: readonly string[];
  /** The numbers of the segments that were sealed. */
  readonly sealed: readonly number[];
  /** Takes DATA. */
  add(segment: number, offset: number, bytes: Buffer): void;
  /** Takes SEAL. */
  seal(segment: number, bytes: number, sha256: Buffer): void;
  /** Forgets a segment's bytes and begins it again; it is the last one then. */
  restart(segment: number): void;
  /** Goes on at the beginning of a later segment. */
  skipTo(segment: number): void;
  /** Gives the copy what it is to hold at the beginning of a test; bytes of one segment, appended. */
  hold(segment: number, bytes: Buffer): void;
  contentOf(segment: number): Buffer;
}

/** Makes an empty copy. */
export function receivedLog(): ReceivedLog {
  const segments = new Map<number, Buffer[]>();
  const faults: string[] = [];
  const sealed: number[] = [];
  let end: ReceiverEnd = { segment: 1, offset: 0, crc: 0 };

  function hold(segment: number, bytes: Buffer): void {
    if (segment !== end.segment) end = { segment, offset: 0, crc: 0 };
    segments.set(segment, [...(segments.get(segment) ?? []), bytes]);
    end = { segment, offset: end.offset + bytes.length, crc: crc32(bytes, end.crc) };
  }

  function contentOf(segment: number): Buffer {
    return Buffer.concat(segments.get(segment) ?? []);
  }

  return {
    get end() {
      return end;
    },
    faults,
    sealed,
    hold,
    contentOf,
    add(segment, offset, bytes) {
      if (bytes.length === 0) faults.push('DATA without bytes');
      if (segment === end.segment && offset === end.offset) hold(segment, Buffer.from(bytes));
      else faults.push(`DATA at ${segment}/${offset}, the copy ends at ${end.segment}/${end.offset}`);
    },
    seal(segment, bytes, sha256) {
      const hash = createHash('sha256').update(contentOf(segment)).digest();
      const isSound = segment === end.segment && bytes === end.offset && hash.equals(sha256);
      if (!isSound) faults.push(`SEAL of ${segment} with ${bytes} bytes at ${end.segment}/${end.offset}`);
      sealed.push(segment);
      end = { segment: segment + 1, offset: 0, crc: 0 };
    },
    skipTo(segment) {
      end = { segment, offset: 0, crc: 0 };
    },
    restart(segment) {
      for (const number of segments.keys()) if (number >= segment) segments.delete(number);
      end = { segment, offset: 0, crc: 0 };
    },
  };
}
