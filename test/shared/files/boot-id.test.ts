import { execFileSync } from 'node:child_process';
import t from 'tap';
import { readBootId } from '../../../shared/files/boot-id.ts';

const MODULE = new URL('../../../shared/files/boot-id.ts', import.meta.url).href;

t.test('every process of one boot reads the same boot id', async (t) => {
  const program = `import { readBootId } from ${JSON.stringify(MODULE)}; process.stdout.write(readBootId());`;
  const other = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  t.equal(other, readBootId());
  t.match(readBootId(), /^[0-9a-z-]{10,}$/, 'one word without a newline');
});
