import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { VERSION } from '../../../shared/names/version.ts';

t.test('VERSION is that of package.json', async (t) => {
  const path = join(import.meta.dirname, '../../../package.json');
  t.equal(VERSION, (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version);
});
