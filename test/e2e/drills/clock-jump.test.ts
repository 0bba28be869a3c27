import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type Place, type ProgramName, preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';
import { assertNoneDoubled, logsAt, logsOf, readWholeLog, waitForEqual } from '../../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };
const LIBRARY = findLibrary();
const NO_CLOCK = LIBRARY === undefined ? 'libfaketime (Debian: faketime) is not installed' : false;

t.setTimeout(600_000);

function findLibrary(): string | undefined {
  const roots = ['/usr/lib', ...readdirSync('/usr/lib').map((name) => join('/usr/lib', name))];
  return roots.map((root) => join(root, 'faketime/libfaketimeMT.so.1')).find((path) => existsSync(path));
}

/** A place in which the clock of one program is set by a file while it runs; the other program's is right. */
async function placeWithClock(directory: string, whose: ProgramName) {
  const clock = join(directory, 'clock');
  const setClock = (offset: string) => writeFileSync(clock, `${offset}\n`);
  setClock('+0d');
  const env = {
    LD_PRELOAD: LIBRARY,
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const more = {
    log: { segment_bytes: 65_536 },
    receiver: { data_directory: 'receiver', commit_seconds: 0.02, workers: 1, retention: { days: 30 } },
    sender: { data_directory: 'sender', node_name: '7', sync_seconds: 1, retention: { days: 7 } },
    mirror: { allow_same_device: true, retention: { days: 30 } },
  };
  const envOf = (program: ProgramName) => (program === whose ? env : {});
  const place = await preparePlace(join(directory, 'place'), more, { envOf });
  return { place, setClock };
}

/** Waits until the receiver has twenty more lines. */
async function goesOn(place: Place, what: string): Promise<void> {
  const logs = logsOf(place, 'receiver');
  const count = async () => (await readWholeLog(logs, '7')).text.split('\n').length;
  const before = await count();
  await until(async () => (await count()) > before + 20, { ...PATIENT, what });
}

for (const whose of ['sender', 'receiver'] as const) {
  t.test(
    `the clock of the ${whose} jumps a year ahead and back: no line is lost or doubled`,
    { skip: NO_CLOCK },
    async (t) => {
      const { place, setClock } = await placeWithClock(t.testdir(), whose);
      const running = { receiver: await place.start('receiver'), sender: await place.start('sender') };
      t.teardown(() => Promise.all([running.receiver.end('SIGKILL'), running.sender.end('SIGKILL')]));
      const isSealed = () => existsSync(join(logsOf(place, 'receiver'), 'node-7/00000001.ndjson.zst'));
      await until(isSealed, { ...PATIENT, what: 'a sealed segment' });
      const first = (await readWholeLog(logsOf(place, 'receiver'), '7')).text;
      t.equal((await place.run('receiver', 'backup', 'now')).code, 0);

      setClock('+365d');
      await goesOn(place, 'lines a year ahead');
      t.equal(
        (await place.run('receiver', 'backup', 'now')).code,
        0,
        'retention of the mirror looks at it, too',
      );
      await running[whose].end();
      running[whose] = await place.start(whose);
      await goesOn(place, 'lines after a start a year ahead');
      setClock('+0d');
      await goesOn(place, 'lines after the clock was set right');

      await running.sender.end();
      const log = await waitForEqual(t, logsAt(place, 'sender'), '7');
      assertNoneDoubled(t, log);
      t.ok(log.text.startsWith(first), 'what was sealed before is there');
      const year = new Date().getUTCFullYear();
      if (whose === 'sender') t.match(log.text, `{"t":"${year + 1}-`, 'the log says what the node believed');
      t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
      await waitForEqual(t, { own: logsOf(place, 'sender'), there: logsOf(place, 'mirror') }, '7');
    },
  );
}
