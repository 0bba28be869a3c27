import { statfs } from 'node:fs/promises';
import type { LogPaths } from '../../shared/log/log.ts';
import { readLogMeta } from '../../shared/log/log-meta.ts';
import { readSegmentRecords } from '../../shared/log/segment-records.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { CopyNote } from './copy-note.ts';
import { fillHoles } from './fill-holes.ts';
import { type CopyFaults, findFaults } from './find-faults.ts';

/** Options of {@link giveBack}. */
export interface GiveBackOptions {
  /** The live copy; ingest may be appending to its open segment. */
  readonly live: LogPaths;
  readonly mirror: LogPaths;
  readonly id: LogId;
  /** Sealed segments of the live copy to be read. */
  readonly chosen: ReadonlySet<number>;
  readonly note: (note: CopyNote) => void;
  readonly count: (bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A share of the live logs' disk that is left free, whatever the mirror has: new samples come first. */
const FREE_SHARE = 0.05;

/**
 * Gives the live copy back what it lost of its sealed segments, as far as the mirror has it; returns what it still lacks. Nothing of the
 * open segment is touched, so that this may go on while the node is connected.
 */
export async function giveBack(options: GiveBackOptions): Promise<CopyFaults> {
  const { live, mirror, id, chosen, note, count, signal } = options;
  const isMirrored = (await readLogMeta(mirror))?.id === id;
  const known = new Set([...chosen, ...(isMirrored ? await keptBy(mirror) : [])]);
  const faults = await findFaults(live, { isRead: (number) => chosen.has(number), known, signal });
  if (!isMirrored) return faults;
  let writtenBytes = 0;
  await fillHoles({
    ...{ source: mirror, target: live, id, end: faults.end, damaged: faults.damaged, signal },
    hasRoom: async (bytes) => await hasRoom(live, bytes),
    // Of two whole copies that differ the run tells when it looks the other way.
    note: (found) => (found.kind === 'differs' ? undefined : note(found)),
    count(bytes) {
      writtenBytes += bytes;
      count(bytes);
    },
  });
  if (writtenBytes === 0 && faults.unrecorded.size === 0) return faults;
  return await findFaults(live, { isRead: (number) => faults.damaged.has(number), known, signal });
}

/** The sealed segments that a mirror has, or should have by its records. */
async function keptBy(mirror: LogPaths): Promise<readonly number[]> {
  const { sealed, droppedTo } = await readSegmentRecords(mirror);
  return [...sealed.keys()].filter((number) => number > droppedTo);
}

async function hasRoom({ root }: LogPaths, bytes: number): Promise<boolean> {
  const { bavail, bsize, blocks } = await statfs(root);
  return bavail * bsize - bytes > blocks * bsize * FREE_SHARE;
}
