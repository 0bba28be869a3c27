/** Appends samples as fast as it can, until it is killed: `node writing-program.ts DIRECTORY FIRST`. Says each one on stdout once it is in. */

import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { startSealer } from '../../../shared/log/sealer.ts';
import { absoluteDirectory, argument } from '../../helpers/arguments.ts';
import { NOON_MS, openWriter, pathsIn, sample } from '../../helpers/logs.ts';

const root = absoluteDirectory(argument(0, 'DIRECTORY'));
const first = argument(1, 'FIRST');
const sealer = startSealer({
  onError: (_job, error) => {
    throw error;
  },
});
const writer = await openWriter(pathsIn(root), { sealer, segmentBytes: 2000 });
for (let n = Number(first); ; n++) {
  writer.append(sample(n, n % 300), NOON_MS);
  writeSync(1, `${n}\n`);
  if (n % 20 === 0) await writer.sync();
  await turn();
}
