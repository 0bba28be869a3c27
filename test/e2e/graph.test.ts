import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';

t.setTimeout(600_000);

t.test('graph draws what the nodes sent, in the terminal and as a picture', async (t) => {
  const place = await preparePlace(t.testdir());
  await using _receiver = await place.start('receiver');
  await using _sender = await place.start('sender');
  const drawn = await until(
    async () => {
      const run = await place.run('receiver', 'graph', '--metric', 'mem', '--last', '20');
      return /[⠁-⣿]{2}/.test(run.stdout) ? run : undefined;
    },
    { timeoutMs: 30_000, what: 'a graph of memory' },
  );
  t.match(drawn.stdout, /^7: Share of memory used, [\d.]+ %$/m);
  const picture = join(place.directory, 'memory.svg');
  const written = await place.run(
    'receiver',
    'graph',
    '--metric',
    'mem.used',
    '--node',
    '7',
    '--out',
    picture,
  );
  t.match(written.stdout, `${picture}: Memory used`);
  t.match(await readFile(picture, 'utf8'), /^<svg .*<path d="M/s);
  t.match((await place.run('receiver', 'graph', '--metric', 'warmth')).stderr, 'there is no metric "warmth"');
});
