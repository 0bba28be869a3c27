import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const ROOT = join(import.meta.dirname, '../..');

/** What writes where it is told to, and how it would be told nothing. */
const PROGRAMS = [
  ['test/receiver/backup/mirror-program.ts'],
  ['test/receiver/backup/mirror-program.ts', '', '', ''],
  ['test/receiver/backup/drive-owner-program.ts', ''],
  ['test/receiver/alerts/receiver-program.ts', '{"directory":"","smtpPort":1,"node":"lose"}'],
  ['test/shared/log/writing-program.ts', ''],
  ['test/shared/control/control-program.ts', ''],
  ['test/shared/files/replace-file-program.ts', '', '1'],
  ['test/helpers/guarded-program.ts', '', '0'],
  ['test/helpers/node-fleet-process.ts', '{"directory":"","nodes":["a"]}'],
  ['bench/load/ingest-server.ts', '', '0', '1'],
] as const;

t.test('a program that is not told where to write says so and writes nothing', async (t) => {
  const cwd = t.testdir();
  for (const [program, ...args] of PROGRAMS) {
    const options = { cwd, encoding: 'utf8', timeout: 60_000 } as const;
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, program), ...args], options);
    t.equal(status, 1, program);
    t.match(stderr, /needs DIRECTORY|needs LOGS|needs PATH|is not an absolute directory/);
    t.strictSame(readdirSync(cwd), []);
  }
});
