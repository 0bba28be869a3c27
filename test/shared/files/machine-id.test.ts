import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readMachineId } from '../../../shared/files/machine-id.ts';

t.test('it is made of the machine-id, and does not tell it', async (t) => {
  const directory = t.testdir({ one: `${'0123456789abcdef'.repeat(2)}\n`, two: `${'f'.repeat(32)}\n` });
  const [one, two] = ['one', 'two'].map((name) => readMachineId([join(directory, name)]));
  t.match(one, /^[0-9a-f]{32}$/);
  t.not(one, two);
  t.equal(one, readMachineId([join(directory, 'none'), join(directory, 'one')]), 'the first that there is');
  t.notOk('0123456789abcdef'.repeat(2).includes(one ?? ''));
});

t.test('an image that was not started yet has none', async (t) => {
  const path = join(t.testdir(), 'machine-id');
  for (const text of ['', 'uninitialized\n', 'rubbish\n']) {
    writeFileSync(path, text);
    t.equal(readMachineId([path]), undefined);
  }
});
