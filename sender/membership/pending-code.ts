import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeJoinCode, type JoinCode, parseJoinCode } from '../../shared/auth/join-code.ts';
import { errnoOf } from '../../shared/errors/errors.ts';
import { replaceFile } from '../../shared/files/replace-file.ts';

// A copy of a machine sets its credentials aside before it joins again. It may be killed in between, and must still know how.

/** Keeps a join code until it has been used, durably, for this user's eyes only. */
export async function writePendingCode(directory: string, code: JoinCode): Promise<void> {
  await replaceFile(pathOf(directory), `${encodeJoinCode(code)}\n`, { mode: 0o600 });
}

/** The code that is to be used; undefined when there is none. @throws the system's error when it cannot be read */
export async function readPendingCode(directory: string): Promise<JoinCode | undefined> {
  try {
    return parseJoinCode(await readFile(pathOf(directory), 'utf8'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The code has been used, or is good no more. */
export async function removePendingCode(directory: string): Promise<void> {
  await rm(pathOf(directory), { force: true });
}

function pathOf(directory: string): string {
  return join(directory, 'pending-join-code');
}
