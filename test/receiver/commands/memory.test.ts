import { join } from 'node:path';
import t from 'tap';
import { watchLoadedModules } from '../../helpers/loaded-modules.ts';
import { preparePlace } from '../../helpers/programs.ts';

t.test('the receiver that runs holds no mailer, no compilers of schemas and no other command', async (t) => {
  const directory = t.testdir();
  const modules = watchLoadedModules(join(directory, 'modules'));
  const place = await preparePlace(directory, {}, { envOf: () => modules.env });
  const receiver = await place.start('receiver');
  t.teardown(() => receiver.end('SIGKILL'));
  await receiver.end();
  const loaded = modules.of(receiver.child.pid);
  for (const url of ['receiver/ingest/worker.ts', 'fastify/fastify.js'])
    t.match(loaded.join('\n'), url, 'it is the whole receiver that was loaded');
  const unneeded =
    /node_modules\/(?:nodemailer|ajv|ajv-formats|fast-json-stringify\/index)\b|receiver\/(?:doctor\/|commands\/(?!command-context|start|render-start))|shared\/(?:install|doctor)/;
  t.strictSame(
    loaded.filter((url) => unneeded.test(url)),
    [],
  );
});
