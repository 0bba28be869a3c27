import { join } from 'node:path';
import t from 'tap';
import { enrol } from '../helpers/known-nodes.ts';
import { preparePlace } from '../helpers/programs.ts';

t.setTimeout(600_000);

t.test('an answer of any size goes through a pipe whole', async (t) => {
  const place = await preparePlace(t.testdir());
  await (await place.start('receiver')).end();
  enrol(
    join(place.directory, 'receiver'),
    Array.from({ length: 2000 }, (_, index) => `node-number-${index}`),
  );
  await using _receiver = await place.start('receiver');
  const { stdout, code } = await place.run('receiver', 'nodes', '--json');
  t.equal(code, 0);
  t.ok(stdout.length > 256 * 1024, `${stdout.length} characters, more than a pipe holds`);
  t.equal((JSON.parse(stdout) as readonly unknown[]).length, 2000);
});
