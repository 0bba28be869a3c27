import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ProcFile, ReadBuffer } from '../../../../sender/sampler/linux/proc-file.ts';

await t.test('a file is read again from its beginning, also when it grew beyond the buffer', (t) => {
  const path = join(t.testdir({ stat: 'one' }), 'stat');
  using file = new ProcFile(path, new ReadBuffer());
  t.equal(file.read()?.toString(), 'one');
  const long = 'x'.repeat(100_000);
  writeFileSync(path, long);
  t.equal(file.read()?.toString(), long);
  writeFileSync(path, 'two');
  t.equal(file.read()?.toString(), 'two', 'nothing of the longer content is left');
  t.end();
});

await t.test('a file that cannot be read is left alone for a while, then tried again', (t) => {
  const path = join(t.testdir(), 'stat');
  mkdirSync(path);
  using file = new ProcFile(path, new ReadBuffer());
  t.equal(file.read(), undefined, 'reading a directory fails');
  rmSync(path, { recursive: true });
  writeFileSync(path, 'here');
  const soon = Array.from({ length: 60 }, () => file.read());
  t.ok(
    soon.every((content) => content === undefined),
    'sixty reads are skipped',
  );
  t.equal(file.read()?.toString(), 'here');
  t.end();
});
