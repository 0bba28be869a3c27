import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { mountDrive, NO_DRIVE } from '../../helpers/drive.ts';
import { openLines, type Place, preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';
import { logsOf, readWholeLog, waitForEqual } from '../../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 40_000 };

t.setTimeout(600_000);

t.test(
  'the receiver’s disk is full: nothing is lost, and with room everything arrives',
  { skip: NO_DRIVE },
  async (t) => {
    const place = await preparePlace(t.testdir());
    const data = join(mountDrive(t, 4).path, 'receiver');
    place.configure({ receiver: { data_directory: data, commit_seconds: 0.02, workers: 1 } });
    const there = join(data, 'logs');
    await using receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await until(() => openLines(there, '7').length > 3, { ...PATIENT, what: 'lines' });
    fill(join(data, 'ballast'));
    await until(() => /cannot store|no space/i.test(sender.stderr()), { ...PATIENT, what: 'the refusal' });
    const own = () => openLines(logsOf(place, 'sender'), '7').length;
    const before = own();
    await until(() => own() > before + 5, { ...PATIENT, what: 'local samples' });
    rmSync(join(data, 'ballast'));
    await until(() => openLines(there, '7').length > own() - 5, { ...PATIENT, what: 'the rest' });
    await sender.end();
    await waitForEqual(t, { own: logsOf(place, 'sender'), there }, '7');
    t.notMatch(receiver.stderr(), /this is a bug/);
  },
);

t.test(
  'the node’s disk is full: what is lost is counted and told in the log',
  { skip: NO_DRIVE },
  async (t) => {
    const place = await preparePlace(t.testdir());
    const data = join(mountDrive(t, 1).path, 'sender');
    place.configure({ sender: { data_directory: data, node_name: '7', sync_seconds: 1 } });
    const here = join(data, 'logs');
    await using _receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await until(() => openLines(here, '7').length > 3, { ...PATIENT, what: 'lines' });
    fill(join(data, 'ballast'));
    await until(() => /samples are being lost/.test(sender.stderr()), { ...PATIENT, what: 'the full disk' });
    rmSync(join(data, 'ballast'));
    const isTold = async () =>
      /"event":\{"kind":"lost","samples":\d+/.test((await readWholeLog(logsOf(place, 'receiver'), '7')).text);
    await until(isTold, { ...PATIENT, what: 'the event in the log' });
    await sender.end();
    await waitForEqual(t, { own: here, there: logsOf(place, 'receiver') }, '7');
  },
);

t.test(
  'the second drive is full: what was copied is sound, a mail tells, and the next run with room goes on',
  { skip: NO_DRIVE },
  async (t) => {
    const drive = mountDrive(t, 1);
    const mirror = join(drive.path, 'mirror');
    const place = await preparePlace(t.testdir(), { to_directory: mirror });
    await using _receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await until(() => openLines(join(mirror, 'logs'), '7').length > 0 || hasLines(place), {
      ...PATIENT,
      what: 'lines',
    });
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
    const sound = await readWholeLog(join(mirror, 'logs'), '7');
    t.ok(sound.bytes > 0);
    fill(join(drive.path, 'ballast'));
    await until(
      async () => (await readWholeLog(logsOf(place, 'receiver'), '7')).bytes > sound.bytes + 10_000,
      {
        ...PATIENT,
        what: 'more than fits',
      },
    );
    const full = await place.run('receiver', 'backup', 'now');
    t.equal(full.code, 1);
    t.match(full.stderr, /no space/i);
    await until(() => place.mails().some((mail) => /^Subject:.*mirror/im.test(mail)), {
      ...PATIENT,
      what: 'the mail',
    });
    const after = await readWholeLog(join(mirror, 'logs'), '7');
    t.ok(after.text.startsWith(sound.text), 'what was there is as it was');

    rmSync(join(drive.path, 'ballast'));
    await sender.end();
    await waitForEqual(t, { own: logsOf(place, 'sender'), there: logsOf(place, 'receiver') }, '7');
    const again = await place.run('receiver', 'backup', 'now');
    t.equal(again.code, 0, again.stderr);
    await waitForEqual(t, { own: logsOf(place, 'sender'), there: join(mirror, 'logs') }, '7');
  },
);

function hasLines(place: Place): boolean {
  return openLines(logsOf(place, 'receiver'), '7').length > 3;
}

/** Fills a file system to its last byte. */
function fill(path: string): void {
  for (const size of [64 * 1024, 256]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Full, for pieces of this size.
    }
  }
}
