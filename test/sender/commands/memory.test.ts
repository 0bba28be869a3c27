import { join } from 'node:path';
import t from 'tap';
import { watchLoadedModules } from '../../helpers/loaded-modules.ts';
import { openLines, preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';
import { logsOf } from '../../helpers/whole-log.ts';

t.test(
  'the sender that runs holds no commander, no schema, no mailer, no systeminformation, no other command',
  async (t) => {
    const directory = t.testdir();
    const modules = watchLoadedModules(join(directory, 'modules'));
    const envOf = (program: string) => (program === 'sender' ? modules.env : {});
    const place = await preparePlace(directory, {}, { envOf });
    await using _receiver = await place.start('receiver');
    const sender = await place.start('sender');
    t.teardown(() => sender.end('SIGKILL'));
    await until(() => openLines(logsOf(place, 'receiver'), '7').length > 3, {
      timeoutMs: 60_000,
      what: 'samples at the receiver',
    });
    await sender.end();
    const loaded = modules.of(sender.child.pid);
    for (const url of ['sender/cli.ts', 'sender/uplink/uplink.ts', 'sender/sampler/sampler.ts'])
      t.match(loaded.join('\n'), url, 'it is the whole sender that was loaded');
    const unneeded =
      /node_modules\/(?:commander|zod|nodemailer|systeminformation|node-cron)\/|shared\/(?:install|doctor|mail\/nodemailer|config\/(?:load|schema))|sender\/commands\/(?!run-start|read-start-order)/;
    t.strictSame(
      loaded.filter((url) => unneeded.test(url)),
      [],
    );
  },
);
