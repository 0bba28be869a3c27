/**
 * Which version's data lie in a data directory: `format.json`, `{ "program", "format", "version" }`.
 *
 * 1. A newer program opens what an older one wrote; `format` grows only when an older program could no longer work with it.
 * 2. An older program refuses what a newer one wrote, before it has touched anything else.
 * 3. A directory without the file is of format 1: versions before 0.2 wrote none.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, UserError } from '../errors/errors.ts';
import { VERSION } from '../names/version.ts';
import { object } from '../shape/object-shape.ts';
import { oneOf, type Read, text, whole } from '../shape/shape.ts';
import { newerFormat } from './newer-format.ts';
import { replaceFile } from './replace-file.ts';

/** The format that this version writes. */
const DATA_FORMAT = 1;

const FORMAT_FILE = object({
  program: oneOf('receiver', 'sender'),
  format: whole({ min: 1 }),
  version: text(),
});
type FormatFile = Read<typeof FORMAT_FILE>;

/**
 * Makes sure that this version of `program` may work in a data directory, and notes there that it did. To be called by who holds
 * the directory's lock, before anything else is read or written.
 *
 * @throws UserError `FORMAT_NEWER` when a newer version wrote it, `DIRECTORY_UNUSABLE` when it is the other program's or cannot be read
 */
export async function claimDataFormat(directory: string, program: FormatFile['program']): Promise<void> {
  const path = join(directory, 'format.json');
  const found = await readFormat(path);
  if (found !== undefined) assertUsable(directory, program, found);
  const isNoted = found?.format === DATA_FORMAT && found.version === VERSION;
  if (!isNoted) await note(path, { program, format: DATA_FORMAT, version: VERSION });
}

function assertUsable(directory: string, program: FormatFile['program'], found: FormatFile): void {
  if (found.program !== program) {
    const message = `${directory} is the data directory of a ${found.program}, not of a ${program}`;
    throw new UserError('DIRECTORY_UNUSABLE', message, {
      hint: `Set ${program}.data_directory to a directory of its own.`,
    });
  }
  if (found.format > DATA_FORMAT)
    throw newerFormat(directory, { format: found.format, known: DATA_FORMAT, version: found.version });
}

async function readFormat(path: string): Promise<FormatFile | undefined> {
  try {
    return FORMAT_FILE(JSON.parse(await readFile(path, 'utf8')), '');
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw new UserError('DIRECTORY_UNUSABLE', `${path} does not say which format the data beside it have`, {
      cause,
      hint: 'If no newer version of Fleetkeep has run here, remove this file and start again.',
    });
  }
}

/** A full disk is no reason not to start: the file is written the next time. */
async function note(path: string, content: FormatFile): Promise<void> {
  try {
    await replaceFile(path, `${JSON.stringify(content)}\n`);
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '')) throw error;
  }
}
