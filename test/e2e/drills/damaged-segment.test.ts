import { readdirSync } from 'node:fs';
import t from 'tap';
import { sealedSegmentPath } from '../../../shared/log/log.ts';
import { PIECE_BYTES } from '../../../shared/log/piece-sums.ts';
import { damageFile, growLog } from '../../helpers/grow-log.ts';
import { pathsIn } from '../../helpers/logs.ts';
import { openLines, type Place, preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';
import { logsOf, readWholeLog } from '../../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 60_000 };

t.setTimeout(600_000);

/** Waits until the receiver has come to the segment that the node writes. */
async function arrived(place: Place, segment: number): Promise<void> {
  const open = () => openLines(logsOf(place, 'receiver'), '7');
  const isThere = () => open()[0]?.includes(`"number":${segment},`) === true && open().length > 3;
  await until(isThere, { ...PATIENT, what: () => `segment ${segment}; it has ${open()[0]}` });
}

t.test('segments are damaged on a node: what is sound arrives, and what is lost is told', async (t) => {
  const place = await preparePlace(t.testdir(), { log: { segment_bytes: 2 ** 24 } });
  await using _receiver = await place.start('receiver');
  const first = await place.start('sender');
  t.teardown(() => first.end('SIGKILL'));
  await until(() => openLines(logsOf(place, 'receiver'), '7').length > 3, { ...PATIENT, what: 'lines' });
  await first.end();
  const paths = pathsIn(logsOf(place, 'sender'));
  const written = await growLog(paths, 3);
  await damageFile(sealedSegmentPath(paths, 1), 0.97);
  await damageFile(sealedSegmentPath(paths, 3), 0.01);
  t.equal((await place.run('sender', 'verify')).code, 1, 'the damage is found');

  await using sender = await place.start('sender');
  const status = async () => (await place.run('sender', 'status')).stdout;
  await until(async () => /^damaged +segment 1 cannot be read/m.test(await status()), {
    ...PATIENT,
    what: 'status to tell of it',
  });
  await arrived(place, 4);

  const told = () =>
    place
      .mails()
      .join('\n')
      .replaceAll(/=\r?\n/g, '');
  for (const segment of [1, 3])
    await until(() => told().includes(`node 7 has lost a part of its log: segment ${segment}`), {
      ...PATIENT,
      what: () => `a mail about segment ${segment}; there are: ${told()}`,
    });
  t.match(await status(), /^lost +segment 1, found damaged .*kept as .*00000001\.damaged-.*\.aside$/m);
  t.notMatch(await status(), /^damaged/m);
  t.match(sender.stderr(), /a segment is damaged and was given up/);
  const asides = readdirSync(paths.directory).filter((name) => name.endsWith('.aside'));
  t.match(asides, [/^00000001\.damaged-/, /^00000003\.damaged-/], 'the files are kept');

  const there = await readWholeLog(logsOf(place, 'receiver'), '7');
  const sound = written.content.subarray(0, 2 * PIECE_BYTES);
  t.ok(there.content.subarray(0, sound.length).equals(sound), 'the receiver has what lies before the damage');
  t.ok(
    there.text.includes('"event":{"kind":"lost_segment","segment":3,'),
    'the log itself says what is lost',
  );
  const lines = written.text.split('\n');
  const second = lines.findIndex((line) => line.includes('"number":2,'));
  const third = lines.findIndex((line) => line.includes('"number":3,'));
  const between = lines.slice(second, third).join('\n');
  t.ok(second > 0 && third > second, 'there is a segment in between');
  t.ok(there.text.includes(between), 'and all of the segment in between');

  t.equal((await place.run('receiver', 'backup', 'now')).code, 0, 'the mirror follows');
  const own = await place.run('sender', 'verify');
  t.equal(own.code, 0, own.stdout);
  t.match(own.stdout, /^segment 1 was given up .*\nsegment 3 was given up /m);
  const copies = await place.run('receiver', 'verify');
  t.equal(copies.code, 0, copies.stdout);
  for (const copy of ['live', 'mirror'])
    t.match(
      copies.stdout,
      new RegExp(`^ +${copy} .*\\n +segment 1 ends early.*\\n +segment 3 is lost: `, 'm'),
    );
});
