import t from 'tap';
import { startReplaceable } from '../../receiver/replaceable.ts';
import { createLogger } from '../../shared/logging/logger.ts';

/** Starts parts named after their configuration, and remembers what happened; `refused` is one that cannot be started. */
async function replaceable(refused: string) {
  const events: string[] = [];
  const start = async (config: string) => {
    if (config === refused) throw new Error(`${config} cannot be`);
    events.push(`start ${config}`);
    return {
      config,
      async [Symbol.asyncDispose]() {
        events.push(`end ${config}`);
      },
    };
  };
  const part = await startReplaceable({ config: 'a', start, log: createLogger('silent') });
  return { part, events };
}

t.test('a part is replaced, and ends once', async (t) => {
  const { part, events } = await replaceable('');
  await part.replace('b');
  t.equal(part.present.config, 'b');
  await part[Symbol.asyncDispose]();
  t.same(events, ['start a', 'end a', 'start b', 'end b']);
});

t.test('what cannot be started leaves things as they were, also after others', async (t) => {
  const { part, events } = await replaceable('c');
  await part.replace('b');
  await t.rejects(part.replace('c'), /c cannot be/);
  t.equal(part.present.config, 'b');
  await part[Symbol.asyncDispose]();
  t.same(events, ['start a', 'end a', 'start b', 'end b', 'start b', 'end b']);
});
