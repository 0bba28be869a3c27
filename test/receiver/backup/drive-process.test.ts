import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import { openDrive } from '../../../receiver/backup/drive.ts';
import type { MirrorProgress } from '../../../receiver/backup/mirror.ts';
import { mirrorOnDrive } from '../../../receiver/backup/mirror-on-drive.ts';
import { appendSamples, contentsOf } from '../../helpers/logs.ts';
import { mirroredLogs } from './mirrored-logs.ts';

const log = pino({ level: 'silent' });

t.test('a run in a process of its own brings the mirror up to date, and tells how far it is', async (t) => {
  const { write, start, live, mirrored, data } = await mirroredLogs(t);
  for (const node of ['7', '8']) appendSamples(await write(node), 0, 1000);
  await using drive = openDrive({ log });
  const mirror = await start({ run: mirrorOnDrive(drive) });
  const seen: MirrorProgress[] = [];
  const run = await mirror.runNow({ onProgress: (progress) => seen.push(progress) });
  t.match(run, { kind: 'succeeded', logs: [{ name: 'node-7' }, { name: 'node-8' }] });
  for (const node of ['7', '8']) {
    t.strictSame(await contentsOf(mirrored(node)), await contentsOf(live(node)));
  }
  t.match(seen[0], { name: /node-[78]/, count: 2 });
  t.ok(await stat(join(data, 'mirror-lock.db')), 'under a lock beside mirror.json');
});
