/**
 * Replaces the file named by its first argument, again and again, by contents of as many bytes as its second says, each
 * of one letter only; tells on standard output of every file that it has replaced. Meant to be killed.
 */

import { replaceFile } from '../../../shared/files/replace-file.ts';
import { absoluteDirectory, argument } from '../../helpers/arguments.ts';

const path = absoluteDirectory(argument(0, 'PATH'));
const sizeBytes = argument(1, 'SIZE');

for (let round = 0; ; round++) {
  await replaceFile(path, (round % 2 === 0 ? 'a' : 'b').repeat(Number(sizeBytes)));
  process.stdout.write('.');
}
