import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type LogPaths, plainSegmentPath } from './log.ts';
import { readSegmentRecords } from './segment-records.ts';
import { removeStaleTemporaryFiles } from './temporary-file.ts';

/**
 * Removes what a kill left behind in a copy: temporary files, plain files whose compressed one is there and recorded (it was proven
 * before it got its name), and files whose dropping is recorded. Done when a copy is opened.
 */
export async function finishSealing(paths: LogPaths): Promise<void> {
  await removeStaleTemporaryFiles(paths.directory);
  const { sealed, droppedTo } = await readSegmentRecords(paths);
  for (const name of await readdir(paths.directory)) {
    const match = /^(\d{8})\.ndjson\.zst$/.exec(name);
    if (match === null) continue;
    const number = Number(match[1]);
    if (sealed.has(number)) await rm(plainSegmentPath(paths, number), { force: true });
    else if (number <= droppedTo) await rm(join(paths.directory, name), { force: true });
  }
}
