import { crc32 } from 'node:zlib';
import { errnoOf } from '../errors/errors.ts';
import { decodeToDamage } from './decode-to-damage.ts';
import { type LogPaths, sealedSegmentPath } from './log.ts';
import { cutAtPieces, PIECE_BYTES } from './piece-sums.ts';
import { isDecodingError, readSealed, skipBytes } from './read-stored.ts';
import { digestSealed } from './seal-segment.ts';
import type { SegmentRecord } from './segment-records.ts';

/**
 * What is wrong with the file of a sealed segment. `damaged`: it holds something else than was written; `unreadable`: the disk says that it
 * cannot be read; `missing`: it is not there.
 */
export type SegmentFault = 'damaged' | 'unreadable' | 'missing';

/** What the system says of a block that is gone: I/O error, and the file systems' own words for a wrong checksum. */
const DISK_ERRORS: readonly string[] = ['EIO', 'EBADMSG', 'EUCLEAN', 'EREMOTEIO'];

/** The file of a sealed segment does not give what is recorded. */
export class SegmentUnreadableError extends Error {
  override readonly name = 'SegmentUnreadableError';
  readonly record: SegmentRecord;
  readonly fault: SegmentFault;
  /** How much of its plain content is proven to be what was written, bytes from its beginning. */
  readonly soundBytes: number;

  constructor(record: SegmentRecord, fault: SegmentFault, soundBytes: number, what: string, cause?: unknown) {
    super(`segment ${record.number} cannot be read beyond byte ${soundBytes}: ${what}`, { cause });
    this.record = record;
    this.fault = fault;
    this.soundBytes = soundBytes;
  }
}

/**
 * Reads the plain content of a sealed segment from `from` on, and yields only what is proven to be what was written: a decoder may
 * well yield wrong bytes before it notices. What an older version sealed without sums of its pieces is read twice, to prove all of it first.
 *
 * @throws {@link SegmentUnreadableError}; system errors that are no fault of the file (`EMFILE`, …)
 */
export async function* readProven(
  paths: LogPaths,
  record: SegmentRecord,
  from = 0,
): AsyncGenerator<Buffer, void, void> {
  const { pieces } = record;
  yield* skipBytes(pieces === undefined ? readTwice(paths, record) : readOnce(paths, record, pieces), from);
}

/** Proves piece by piece. Where a sum does not fit, it may be the sum that is damaged: then SHA-256 knows better. */
async function* readOnce(
  paths: LogPaths,
  record: SegmentRecord,
  pieces: readonly number[],
): AsyncGenerator<Buffer, void, void> {
  let given = 0;
  try {
    for await (const chunk of readPieces(paths, record, pieces)) {
      given += chunk.length;
      yield chunk;
    }
  } catch (error) {
    const isDamage = error instanceof SegmentUnreadableError && error.fault === 'damaged';
    if (!isDamage || !(await isAsRecorded(paths, record))) throw error;
    yield* skipBytes(readSealed(sealedSegmentPath(paths, record.number)), given);
  }
}

async function isAsRecorded(paths: LogPaths, record: SegmentRecord): Promise<boolean> {
  try {
    const { bytes, sha256 } = await digestSealed(sealedSegmentPath(paths, record.number));
    return bytes === record.bytes && sha256 === record.sha256;
  } catch {
    // What cannot be read is told by the reading that came before.
    return false;
  }
}

async function* readPieces(
  paths: LogPaths,
  record: SegmentRecord,
  pieces: readonly number[],
): AsyncGenerator<Buffer, void, void> {
  let soundBytes = 0;
  let heldBytes = 0;
  let held: Buffer[] = [];
  let crc = 0;
  function* prove(): Generator<Buffer, void, void> {
    if (crc !== pieces[Math.floor(soundBytes / PIECE_BYTES)])
      throw new SegmentUnreadableError(record, 'damaged', soundBytes, 'what follows is not what was written');
    soundBytes += heldBytes;
    yield* held;
    held = [];
    heldBytes = 0;
    crc = 0;
  }
  try {
    for await (const chunk of decodeToDamage(sealedSegmentPath(paths, record.number))) {
      for (const part of cutAtPieces(chunk, heldBytes)) {
        held.push(part);
        heldBytes += part.length;
        crc = crc32(part, crc);
        if (heldBytes === PIECE_BYTES) yield* prove();
      }
    }
    if (heldBytes > 0) yield* prove();
  } catch (error) {
    throw asUnreadable(error, record, soundBytes);
  }
  if (soundBytes !== record.bytes)
    throw new SegmentUnreadableError(record, 'damaged', soundBytes, `${record.bytes} bytes were written`);
}

async function* readTwice(paths: LogPaths, record: SegmentRecord): AsyncGenerator<Buffer, void, void> {
  const path = sealedSegmentPath(paths, record.number);
  try {
    const { bytes, sha256 } = await digestSealed(path);
    if (bytes !== record.bytes || sha256 !== record.sha256) {
      const what = `it holds ${bytes} bytes with SHA-256 ${sha256}, recorded are ${record.bytes} with ${record.sha256}`;
      throw new SegmentUnreadableError(record, 'damaged', 0, what);
    }
    yield* readSealed(path);
  } catch (error) {
    throw asUnreadable(error, record, 0);
  }
}

/** What says something of the file, said as that; everything else as it was. */
function asUnreadable(error: unknown, record: SegmentRecord, soundBytes: number): unknown {
  const fault = faultOf(error);
  if (fault === undefined) return error;
  return new SegmentUnreadableError(record, fault, soundBytes, WORDS[fault], error);
}

const WORDS = {
  damaged: 'it cannot be decoded',
  unreadable: 'the disk does not give it',
  missing: 'its file is not there',
} as const satisfies Record<SegmentFault, string>;

function faultOf(error: unknown): SegmentFault | undefined {
  if (isDecodingError(error)) return 'damaged';
  const code = errnoOf(error);
  if (code === 'ENOENT') return 'missing';
  return code !== undefined && DISK_ERRORS.includes(code) ? 'unreadable' : undefined;
}
