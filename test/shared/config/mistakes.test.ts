import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../../shared/config/load.ts';
import { UsageError } from '../../../shared/errors/errors.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'config');

t.cleanSnapshot = (text) => text.replaceAll(`${FIXTURES}${sep}`, '');

const mistakes = readdirSync(FIXTURES).filter((name) => name.endsWith('.json'));

for (const name of mistakes) {
  t.test(`config invariants 1–3: ${name} is refused, in words`, async (t) => {
    const error: unknown = await loadConfig({ path: name, cwd: FIXTURES }).catch((error: unknown) => error);
    if (!(error instanceof UsageError)) throw new Error('must be refused as wrong usage', { cause: error });
    t.equal(error.code, 'CONFIG_INVALID');
    t.notMatch(error.message, /hunter2|20071986/, 'a secret is not told');
    for (const line of error.message.split('\n'))
      t.ok(line.startsWith(join(FIXTURES, name)), 'each line names the file');
    t.matchSnapshot(error.message, name);
  });
}
