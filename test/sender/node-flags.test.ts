import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { NODE_FLAGS, nodeFlagsFor } from '../../sender/node-flags.ts';

/** What a program says of its version when it is started with the flags of the sender. */
function askVersion(cliPath: string): string {
  const args = [...nodeFlagsFor(cliPath), cliPath, '--version'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return stdout.trim() || stderr;
}

await t.test('the sender of a clone starts with its flags', async (t) => {
  t.match(askVersion(join(import.meta.dirname, '../../sender/cli.ts')), /^\d+\.\d+\.\d+$/);
});

await t.test('a built sender starts with all of them', async (t) => {
  const cliPath = join(t.testdir({ 'cli.js': "console.log('1.2.3')" }), 'cli.js');
  t.same(nodeFlagsFor(cliPath), NODE_FLAGS);
  t.equal(askVersion(cliPath), '1.2.3');
});
