import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { NODE_FLAGS } from '../../receiver/node-flags.ts';

t.test('the receiver starts with its flags, which Node.js would refuse if it did not know them', (t) => {
  const cli = join(import.meta.dirname, '../../receiver/cli.ts');
  const said = execFileSync(process.execPath, [...NODE_FLAGS, cli, '--version'], { encoding: 'utf8' });
  t.match(said, /^\d+\.\d+\.\d+\n$/);
  t.end();
});
