import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { readStored } from '../../../shared/log/read-stored.ts';
import { collect, sample } from '../../helpers/logs.ts';

t.test('reading under a signal that is aborted is refused, and nothing else happens', async (t) => {
  const path = join(t.testdir(), '00000002.ndjson');
  writeFileSync(path, sample(1));
  const stored = { kind: 'closed', number: 2, path } as const;
  t.strictSame(Buffer.concat([...(await collect(readStored(stored)))]).toString(), sample(1));
  await t.rejects(collect(readStored(stored, { signal: AbortSignal.abort() })), { name: 'AbortError' });
  // An error of a stream that nobody listens to comes a moment later, and ends the test.
  await setImmediate();
});
