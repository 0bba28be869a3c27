import { mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openLines, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { logsOf } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };

t.setTimeout(600_000);

t.test(
  'a flipped byte in the mirror is named by file and offset; a missing directory is refused and told of',
  async (t) => {
    const place = await preparePlace(t.testdir());
    await using _receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await until(() => openLines(logsOf(place, 'receiver'), '7').length > 10, { ...PATIENT, what: 'lines' });
    await sender.end();
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
    const again = await place.run('receiver', 'backup', 'now');
    t.match(again.stdout, /: 0 B written/, 'a run with nothing new writes nothing');

    // The node's own copy decides which of the other two is wrong.
    await using _second = await place.start('sender');
    const isBack = async () => (await place.run('receiver', 'nodes')).stdout.includes(' up ');
    await until(isBack, { ...PATIENT, what: 'the node to be back' });
    const path = join(logsOf(place, 'mirror'), 'node-7.log');
    const offset = readFileSync(path).length - 50;
    writeSync(openSync(path, 'r+'), '#', offset);
    const verified = await place.run('receiver', 'verify');
    t.equal(verified.code, 1);
    t.match(verified.stdout, new RegExp(`! mirror +${path}: segment 1: offset ${offset}`));

    renameSync(join(place.directory, 'mirror'), join(place.directory, 'unplugged'));
    const refused = await place.run('receiver', 'backup', 'now');
    t.equal(refused.code, 1);
    t.match(refused.stderr, /mirror/i);
    mkdirSync(join(place.directory, 'mirror'));
    t.equal((await place.run('receiver', 'backup', 'now')).code, 1, 'an empty directory is not the mirror');
    await until(() => place.mails().some((mail) => /mirror/i.test(mail)), { ...PATIENT, what: 'the mail' });
  },
);
