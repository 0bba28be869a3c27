import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';

const run = promisify(execFile);
const SENDER = join(import.meta.dirname, '../../../sender');

/** Loads what runs when `start` has been read, and prints which modules there are then. */
const SCRIPT = `
  import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({ load: (url, context, next) => (loaded.add(url), next(url, context)) });
  await import(${JSON.stringify(join(SENDER, 'commands/read-start-order.ts'))});
  await import(${JSON.stringify(join(SENDER, 'commands/run-start.ts'))});
  console.log(JSON.stringify([...loaded]));
`;

t.test(
  'the sender that runs holds no commander, no schema, no mailer, no systeminformation, no other command',
  async (t) => {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', SCRIPT], {
      cwd: t.testdir(),
    });
    const loaded: string[] = JSON.parse(stdout);
    t.match(loaded.join('\n'), /sender\/uplink\/uplink\.ts/, 'it is the sender that was loaded');
    const unneeded =
      /node_modules\/(?:commander|zod|nodemailer|systeminformation|node-cron)\/|shared\/(?:install|doctor|mail\/nodemailer|config\/(?:load|schema))/;
    t.strictSame(
      loaded.filter((url) => unneeded.test(url)),
      [],
    );
  },
);
