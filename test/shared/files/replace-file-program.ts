/**
 * Replaces the file named by its first argument, again and again, by contents of as many bytes as its second says, each
 * of one letter only; tells on standard output of every file that it has replaced. Meant to be killed.
 */

import { replaceFile } from '../../../shared/files/replace-file.ts';

const [path = '', sizeBytes = ''] = process.argv.slice(2);

for (let round = 0; ; round++) {
  await replaceFile(path, (round % 2 === 0 ? 'a' : 'b').repeat(Number(sizeBytes)));
  process.stdout.write('.');
}
