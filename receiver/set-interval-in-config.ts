import { readFile } from 'node:fs/promises';
import { parseJson } from '../shared/config/parse-json.ts';
import { replaceFile } from '../shared/files/replace-file.ts';

/** Writes another `sleeptime` into config.json, so that it holds after a restart too. The rest of the file keeps its meaning, not its look. */
export async function setSleeptimeInFile(path: string, seconds: number): Promise<void> {
  const config = parseJson(await readFile(path, 'utf8')) as object;
  await replaceFile(path, `${JSON.stringify({ ...config, sleeptime: seconds }, undefined, 2)}\n`);
}
