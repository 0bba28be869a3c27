import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { sealedSegmentPath } from '../../shared/log/log.ts';
import { PIECE_BYTES } from '../../shared/log/piece-sums.ts';
import { VERSION } from '../../shared/names/version.ts';
import { damageFile, growLog } from '../helpers/grow-log.ts';
import { pathsIn } from '../helpers/logs.ts';
import { openLines, ownProgram, type Place, type ProgramName, preparePlace } from '../helpers/programs.ts';
import { previousVersion, unpackRelease } from '../helpers/releases.ts';
import { until } from '../helpers/until.ts';
import { assertNoneDoubled, logsAt, logsOf, readWholeLog, waitForEqual } from '../helpers/whole-log.ts';

const PREVIOUS = previousVersion();

t.setTimeout(600_000);

/** Which version each program is; changed between runs. */
type Versions = { [Program in ProgramName]: 'previous' | 'this' };

async function placeOf(t: Test, versions: Versions): Promise<Place> {
  const directory = t.testdir();
  const previous = unpackRelease(PREVIOUS, join(directory, 'release'));
  const cliOf = (program: ProgramName): string =>
    versions[program] === 'previous' ? previous(program) : ownProgram(program);
  return await preparePlace(directory, {}, { cliOf });
}

async function moreLines(place: Place): Promise<void> {
  const before = openLines(logsOf(place, 'receiver'), '7').length;
  const isMore = () => openLines(logsOf(place, 'receiver'), '7').length > before + 10;
  await until(isMore, { timeoutMs: 30_000, what: 'more lines at the receiver' });
}

t.not(PREVIOUS, VERSION, 'the package that is kept is of an earlier version');

for (const versions of [
  { receiver: 'this', sender: 'previous' },
  { receiver: 'previous', sender: 'this' },
] satisfies Versions[]) {
  const what =
    versions.sender === 'this' ? 'this sender and an older receiver' : 'an older sender and this receiver';
  t.test(`${what} (${PREVIOUS}) join, follow the interval and have equal copies`, async (t) => {
    const place = await placeOf(t, versions);
    await using _receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await moreLines(place);
    place.configure({ sleeptime: 0.2 });
    const hasHeard = async () =>
      JSON.parse((await place.run('sender', 'status', '--json')).stdout).sleeptime === 0.2;
    await until(hasHeard, { timeoutMs: 30_000, what: 'the new interval' });
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
    t.equal((await place.run('receiver', 'verify')).code, 0, 'the sender answers for its own copy');
    await sender.end();
    assertNoneDoubled(t, await waitForEqual(t, logsAt(place, 'sender'), '7'));
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
  });
}

t.test(`a receiver of ${PREVIOUS} goes on behind a segment that is damaged on the node`, async (t) => {
  const place = await placeOf(t, { receiver: 'previous', sender: 'this' });
  place.configure({ log: { segment_bytes: 2 ** 24 } });
  await using _receiver = await place.start('receiver');
  await (await place.start('sender')).end();
  const paths = pathsIn(logsOf(place, 'sender'));
  const written = await growLog(paths, 2);
  await damageFile(sealedSegmentPath(paths, 1), 0.97);
  await using _sender = await place.start('sender');
  const there = async () => (await readWholeLog(logsOf(place, 'receiver'), '7')).content;
  const number = written.content.indexOf('"number":2,');
  t.ok(number > 2 * PIECE_BYTES, 'there is a second segment');
  const second = written.content.subarray(written.content.lastIndexOf('\n', number) + 1);
  await until(async () => (await there()).includes(second), { timeoutMs: 60_000, what: 'the next segment' });
  const sound = written.content.subarray(0, 2 * PIECE_BYTES);
  t.ok((await there()).subarray(0, sound.length).equals(sound), 'and it has what lies before the damage');
});

t.test(`directories of ${PREVIOUS} are taken over, and given back`, async (t) => {
  const versions: Versions = { receiver: 'previous', sender: 'previous' };
  const place = await placeOf(t, versions);
  for (const version of ['previous', 'this', 'previous'] as const) {
    versions.receiver = version;
    versions.sender = version;
    await using receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await moreLines(place);
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0, `the mirror, ${version}`);
    await sender.end();
    await waitForEqual(t, logsAt(place, 'sender'), '7');
    await receiver.end();
  }
  assertNoneDoubled(t, await waitForEqual(t, logsAt(place, 'sender'), '7'));
});

t.test(`${PREVIOUS} refuses what a newer version wrote, in a sentence, and changes nothing`, async (t) => {
  const place = await placeOf(t, { receiver: 'previous', sender: 'previous' });
  const newer = { format: 1000, version: '99.0.0' };
  for (const program of ['receiver', 'sender'] as const) {
    await using running = await place.start('receiver');
    if (program === 'sender') await (await place.start('sender')).end();
    await running.end();
    const path = join(place.directory, program, 'format.json');
    const written = JSON.stringify({ program, ...newer });
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, written);
    const { code, stderr } = await place.run(program, 'start');
    t.equal(code, 1);
    t.match(stderr, new RegExp(`has format 1000, written by Fleetkeep 99\\.0\\.0; this is ${PREVIOUS}`));
    t.notMatch(stderr, / {4}at /, 'no stack');
    t.equal(readFileSync(path, 'utf8'), written);
    writeFileSync(path, before);
  }
});
