import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { explainErrno } from '../errors/errno-words.ts';
import { errnoOf } from '../errors/errors.ts';

/** SQLite opens the database, its WAL and the index of that. */
const FILES = 3;

/** As much as SQLite writes at a time. */
const PROBE = Buffer.alloc(4096);

/**
 * Why a database in `directory` cannot be opened or written. SQLite says only "unable to open database file" or "disk I/O error",
 * and keeps what the system has answered to itself. So a small file is written there, and removed again: the system refuses that
 * for the same reason (full, no inode left, read-only, no permission, too many open files).
 *
 * @param error what SQLite threw
 * @returns an error in words with the system's code; `error` itself where writing works
 */
export function findObstacle(directory: string, error: unknown): unknown {
  const path = join(directory, `.probe-${process.pid}.tmp`);
  try {
    probe(path);
    return error;
  } catch (obstacle) {
    const code = errnoOf(obstacle);
    return code === undefined ? error : Object.assign(new Error(explainErrno(code).what), { code });
  }
}

function probe(path: string): void {
  const opened: number[] = [];
  try {
    while (opened.length < FILES) opened.push(openSync(path, 'w', 0o600));
    for (const descriptor of opened) writeSync(descriptor, PROBE);
    for (const descriptor of opened) fsyncSync(descriptor);
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
    rmSync(path, { force: true });
  }
}
