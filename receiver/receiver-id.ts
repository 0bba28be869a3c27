import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, UserError } from '../shared/errors/errors.ts';
import { makeDirectory } from '../shared/files/make-directory.ts';
import { replaceFile } from '../shared/files/replace-file.ts';
import { newLogId } from '../shared/log/new-log-id.ts';

/** Reads who this receiver is from its data directory, making that up, durably, the first time. @throws UserError `DIRECTORY_UNUSABLE` */
export async function readReceiverId(directory: string): Promise<string> {
  const path = join(directory, 'receiver.json');
  try {
    await makeDirectory(directory);
    const json = JSON.parse(await readFile(path, 'utf8')) as { readonly id?: unknown };
    if (typeof json.id === 'string') return json.id;
    throw new Error('it names no id');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return await makeReceiverId(path);
    throw new UserError('DIRECTORY_UNUSABLE', `cannot use ${path}`, {
      cause: error,
      hint: 'This user must be able to read and write receiver.data_directory.',
    });
  }
}

async function makeReceiverId(path: string): Promise<string> {
  const id: string = newLogId(Date.now());
  await replaceFile(path, `${JSON.stringify({ id, created: new Date().toISOString() })}\n`);
  return id;
}
