import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { replaceFile } from '../../../shared/files/replace-file.ts';
import { guardTest } from '../../helpers/guard.ts';

const IS_WINDOWS = process.platform === 'win32';
const PROGRAM = join(import.meta.dirname, 'replace-file-program.ts');
const SIZE_BYTES = 300_000;

t.test('replaceFile() makes a file, replaces it, and leaves nothing else', async (t) => {
  const directory = t.testdir();
  const path = join(directory, 'state.json');
  await replaceFile(path, 'first');
  await replaceFile(path, Buffer.from('second'));
  t.equal(readFileSync(path, 'utf8'), 'second');
  t.strictSame(readdirSync(directory), ['state.json']);
});

t.test(
  'replaceFile() gives the file its mode, whatever a crash left in the place of the temporary one',
  { skip: IS_WINDOWS ? 'Windows has no modes' : false },
  async (t) => {
    const path = join(t.testdir({ 'secret.tmp': 'left by a crash', other: 'not ours' }), 'secret');
    chmodSync(`${path}.tmp`, 0o666);
    await replaceFile(path, 'password', { mode: 0o600 });
    t.equal(statSync(path).mode & 0o777, 0o600);

    symlinkSync('other', `${path}.tmp`);
    await replaceFile(path, 'new password', { mode: 0o600 });
    t.equal(readFileSync(join(path, '..', 'other'), 'utf8'), 'not ours', 'a link is not followed');
    t.ok(lstatSync(path).isFile());
    t.equal(readFileSync(path, 'utf8'), 'new password');
  },
);

t.test(
  'replaceFile() leaves the old content and no temporary file when it cannot write',
  { skip: IS_WINDOWS && 'Windows has no ulimit' },
  async (t) => {
    const directory = t.testdir({ state: 'old' });
    const path = join(directory, 'state');
    // The test runner would have its hooks catch the signal, which must be ignored to become an error of the write.
    const limited = `unset NODE_OPTIONS; trap '' XFSZ; ulimit -f 100; exec "$0" "$@"`;
    guardTest();
    const child = spawn('sh', ['-c', limited, process.execPath, PROGRAM, path, String(SIZE_BYTES)]);
    const [said] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    t.match(said, 'EFBIG', 'the write failed halfway');
    t.equal(readFileSync(path, 'utf8'), 'old');
    t.strictSame(readdirSync(directory), ['state']);
  },
);

t.test('replaceFile() leaves no temporary file when it cannot rename', async (t) => {
  const directory = t.testdir({ state: { inside: '' } });
  await t.rejects(replaceFile(join(directory, 'state'), 'x'));
  t.strictSame(readdirSync(directory), ['state']);
});

t.test('a process killed in replaceFile() leaves the old content or the new, never a mixture', async (t) => {
  const path = join(t.testdir(), 'state');
  writeFileSync(path, 'a'.repeat(SIZE_BYTES));
  for (const rounds of [1, 2, 3, 5, 8]) {
    const child = spawn(process.execPath, [PROGRAM, path, String(SIZE_BYTES)]);
    await replacedOften(child, rounds);
    child.kill('SIGKILL');
    await once(child, 'exit');
    t.match(readFileSync(path, 'utf8'), new RegExp(`^(?:a{${SIZE_BYTES}}|b{${SIZE_BYTES}})$`));
  }
});

async function replacedOften(child: ChildProcess, rounds: number): Promise<void> {
  let seen = 0;
  for await (const dots of child.stdout ?? []) {
    seen += String(dots).length;
    if (seen >= rounds) return;
  }
}
