import { readdir, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import { errnoOf } from '../errors/errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { asidePath } from './aside-path.ts';
import { type LogPaths, sealedSegmentPath, segmentName } from './log.ts';
import type { SegmentFault } from './read-proven.ts';
import { recordLost } from './segment-records.ts';

/** What {@link loseSealed} is told. */
export interface Loss {
  readonly number: number;
  readonly fault: SegmentFault;
  /** For a person. */
  readonly reason: string;
  /** ms since 1970. */
  readonly atMs: number;
}

/**
 * Sets the file of a sealed segment aside under a name that says why (invariant 8), then records that this copy will not have it.
 * Killed in between, the file is missing when it is next read, and is found under its new name here. Returns that name; undefined where
 * there is no file.
 */
export async function loseSealed(paths: LogPaths, loss: Loss): Promise<string | undefined> {
  const aside = (await setAside(paths, loss)) ?? (await findAside(paths, loss.number));
  const { number, reason, atMs } = loss;
  await recordLost(paths, { from: number, to: number, reason, atMs, aside });
  return aside;
}

async function setAside(paths: LogPaths, { number, fault }: Loss): Promise<string | undefined> {
  const target = asidePath(paths, number, fault);
  try {
    await rename(sealedSegmentPath(paths, number), target);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  await syncDirectory(paths.directory);
  return basename(target);
}

async function findAside(paths: LogPaths, number: number): Promise<string | undefined> {
  const names = await readdir(paths.directory);
  return names
    .filter((name) => name.startsWith(`${segmentName(number)}.`) && name.endsWith('.aside'))
    .sort()
    .at(-1);
}
