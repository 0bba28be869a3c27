import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import t from 'tap';
import type { openDrive } from '../../../receiver/backup/drive.ts';

const ROOT = join(import.meta.dirname, '../../..');

t.setTimeout(600_000);

t.test('the published package, which is JavaScript, finds the program that works on the drive', async (t) => {
  const directory = t.testdir();
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const build = [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', join(directory, 'dist')];
  // Without what tap has every process of node load.
  execFileSync('env', ['-u', 'NODE_OPTIONS', ...build]);
  const { href } = pathToFileURL(join(directory, 'dist/receiver/backup/drive.js'));
  const built = (await import(href)) as { readonly openDrive: typeof openDrive };
  await using drive = built.openDrive({ log: pino({ level: 'silent' }) });
  const order = { kind: 'read-identity', directory } as const;
  t.equal(await drive.runWhileMoving({ order, limitMs: 30_000 }), undefined);
});
