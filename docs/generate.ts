/**
 * `npm run docs`: writes what is generated from the sources. Run it after a change of `shared/config/schema.ts`;
 * `test/shared/config/generated.test.ts` says when it was forgotten.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { renderConfigurationPage, renderJsonSchema } from './render-configuration.ts';
import { renderRulesPage } from './render-rules.ts';

const page = new URL('configuration.md', import.meta.url);
const rules = new URL('rules.md', import.meta.url);
const schema = new URL('../config.schema.json', import.meta.url);

await writeFile(page, renderConfigurationPage(await readFile(page, 'utf8')));
await writeFile(schema, renderJsonSchema());
await writeFile(rules, renderRulesPage(await readFile(rules, 'utf8')));
