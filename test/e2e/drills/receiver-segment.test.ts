import { rmSync } from 'node:fs';
import t from 'tap';
import { type LogPaths, sealedSegmentPath } from '../../../shared/log/log.ts';
import { damageFile, growLog } from '../../helpers/grow-log.ts';
import { contentOf, pathsIn } from '../../helpers/logs.ts';
import { openLines, preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';
import { logsOf } from '../../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 60_000 };

t.setTimeout(180_000);

t.test('sealed segments are damaged and lost at the receiver: they come back by themselves', async (t) => {
  const place = await preparePlace(t.testdir(), { log: { segment_bytes: 2 ** 24 } });
  await using _receiver = await place.start('receiver');
  const first = await place.start('sender');
  t.teardown(() => first.end('SIGKILL'));
  await until(() => openLines(logsOf(place, 'receiver'), '7').length > 3, { ...PATIENT, what: 'lines' });
  t.equal(
    (await place.run('receiver', 'backup', 'now')).code,
    0,
    'the mirror has the beginning of segment 1',
  );
  await first.end();
  const own = pathsIn(logsOf(place, 'sender'));
  await growLog(own, 3);
  const written = await sealedOf(own);
  await using _sender = await place.start('sender');
  const live = pathsIn(logsOf(place, 'receiver'));
  const mirrored = pathsIn(logsOf(place, 'mirror'));
  const isThere = () => openLines(logsOf(place, 'receiver'), '7')[0]?.includes('"number":4,') === true;
  await until(isThere, { ...PATIENT, what: 'segment 4' });
  const isSealed = async () => (await place.run('receiver', 'verify')).code !== 1;
  await until(isSealed, { ...PATIENT, what: 'the segments to be sealed' });

  await damageFile(sealedSegmentPath(live, 1), 0.5);
  rmSync(sealedSegmentPath(live, 2));
  t.equal((await place.run('receiver', 'verify')).code, 1, 'the damage is found');
  const isMended = async () => (await place.run('receiver', 'verify')).code === 0;
  await until(isMended, { ...PATIENT, what: 'all copies to be sound' });
  for (const copy of [live, mirrored])
    t.ok((await sealedOf(copy)) === written, `${copy.root}: nothing is short, and nothing is missing`);

  rmSync(sealedSegmentPath(live, 3));
  rmSync(sealedSegmentPath(mirrored, 3));
  t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
  t.match(await place.run('receiver', 'verify'), { code: 0, stdout: /^SOUND: /m });
});

/** The content of the three segments that are sealed. */
async function sealedOf(paths: LogPaths): Promise<string> {
  const contents = await Promise.all([1, 2, 3].map((segment) => contentOf(paths, segment)));
  return contents.join('');
}
