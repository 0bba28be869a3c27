import { readFile, writeFile } from 'node:fs/promises';
import type { LogPaths } from './log.ts';

/** The CRC-32 of a prefix of the open segment, remembered so that opening a copy need not read all of it again. */
export interface Checkpoint {
  readonly segment: number;
  readonly offset: number;
  readonly crc: number;
  /** Only believed under the same boot: after a power cut the file itself is read. */
  readonly bootId: string;
  /** Of a writer: whether these bytes are known to be what was appended. */
  readonly isProven?: boolean | undefined;
  /** Of a follower: the file that had these bytes, and when that was last changed (`ctime`), ms since 1970. */
  readonly inode?: number | undefined;
  readonly changedMs?: number | undefined;
}

/** Reads the checkpoint; undefined when there is none that can be read. It is a hint, so damage is no error. */
export async function readCheckpoint(paths: LogPaths): Promise<Checkpoint | undefined> {
  try {
    const json = JSON.parse(await readFile(paths.checkpoint, 'utf8')) as Checkpoint;
    const isSound =
      [json.segment, json.offset, json.crc].every(Number.isSafeInteger) && typeof json.bootId === 'string';
    return isSound ? json : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the checkpoint, not durably: losing it costs one reading of the open segment. */
export async function writeCheckpoint(paths: LogPaths, checkpoint: Checkpoint): Promise<void> {
  await writeFile(paths.checkpoint, JSON.stringify(checkpoint)).catch(() => undefined);
}
