import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { mountDrive, NO_DRIVE } from '../../helpers/drive.ts';
import { undoWhenKilled } from '../../helpers/guard.ts';
import { preparePlace } from '../../helpers/programs.ts';
import { mailAbout, someLines } from '../../helpers/signs-of-life.ts';
import { logsOf, waitForEqual } from '../../helpers/whole-log.ts';

t.setTimeout(600_000);

t.test(
  'the second drive dies and is replaced: a mail, one command, and every log is on the new drive',
  async (t) => {
    const place = await preparePlace(t.testdir());
    await using _receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await someLines(place);
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);

    const mirror = join(place.directory, 'mirror');
    rmSync(mirror, { recursive: true });
    const refused = await place.run('receiver', 'backup', 'now');
    t.match(refused, { code: 1, stderr: /is not there[\s\S]*--new-drive/ });
    await mailAbout(place, /The mirror cannot be used/);

    mkdirSync(mirror);
    t.equal((await place.run('receiver', 'backup', 'now')).code, 1, 'an empty drive is not taken by itself');
    t.equal((await place.run('receiver', 'backup', 'now', '--new-drive')).code, 0);
    await mailAbout(place, /Over: The mirror cannot be used/);
    const verified = await place.run('receiver', 'verify');
    t.equal(verified.code, 0, verified.stdout);
    await sender.end();
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
    await waitForEqual(t, { own: logsOf(place, 'sender'), there: logsOf(place, 'mirror') }, '7');
  },
);

t.test(
  'the wrong drive is mounted: not a byte is written to it, and with the right one all goes on',
  { skip: NO_DRIVE },
  async (t) => {
    const right = mountDrive(t, 8).path;
    const place = await preparePlace(t.testdir(), { to_directory: right });
    await using _receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await someLines(place);
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);

    // Mounted over the right one, which is there again when it is gone.
    undoWhenKilled('umount', '-l', right);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', right]);
    try {
      const refused = await place.run('receiver', 'backup', 'now');
      t.match(refused, { code: 1, stderr: /is not the mirror that was used before/ });
      t.same(readdirSync(right), []);
      t.match(await mailAbout(place, /The mirror cannot be used/), /is not the mirror that was used before/);
    } finally {
      execFileSync('umount', [right]);
    }
    await sender.end();
    const again = await place.run('receiver', 'backup', 'now');
    t.equal(again.code, 0, again.stderr);
    await waitForEqual(t, { own: logsOf(place, 'sender'), there: join(right, 'logs') }, '7');
  },
);
