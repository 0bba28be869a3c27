import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { preparePlace } from '../../helpers/programs.ts';

/** Notes every module that a program loads. */
const HOOK = `
  import { appendFileSync } from 'node:fs';
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      appendFileSync(process.env.LOADED, url + '\\n');
      return next(url, context);
    },
  });
`;

t.test('the receiver that runs holds no mailer, no compilers of schemas and no other command', async (t) => {
  const directory = t.testdir({ 'hook.mjs': HOOK });
  const LOADED = join(directory, 'loaded.txt');
  const NODE_OPTIONS = `${process.env['NODE_OPTIONS'] ?? ''} --import ${join(directory, 'hook.mjs')}`;
  const place = await preparePlace(directory, {}, { envOf: () => ({ NODE_OPTIONS, LOADED }) });
  {
    await using _receiver = await place.start('receiver');
  }
  const loaded = readFileSync(LOADED, 'utf8');
  for (const url of ['receiver/ingest/worker.ts', 'fastify/fastify.js'])
    t.match(loaded, url, 'it is the whole receiver that was loaded');
  const unneeded =
    /node_modules\/(?:nodemailer|ajv|ajv-formats|fast-json-stringify\/index)\b|receiver\/(?:doctor\/|commands\/(?!command-context|start|render-start))|shared\/(?:install|doctor)/;
  t.strictSame(
    loaded.split('\n').filter((url) => unneeded.test(url)),
    [],
  );
});
