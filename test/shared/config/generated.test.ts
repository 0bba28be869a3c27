import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { renderConfigurationPage, renderJsonSchema } from '../../../docs/render-configuration.ts';
import { renderRulesPage } from '../../../docs/render-rules.ts';
import { isJsonObject, withValue } from '../../../shared/config/dotted.ts';
import { listConfigKeys } from '../../../shared/config/keys.ts';
import { loadConfig } from '../../../shared/config/load.ts';
import { ruleRules } from '../../../shared/config/rule-rules.ts';
import { configSchema } from '../../../shared/config/schema.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const page = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');

t.test(
  'docs/configuration.md and config.schema.json are up to date (`npm run docs` makes them so)',
  async (t) => {
    t.equal(renderConfigurationPage(page), page);
    t.equal(readFileSync(join(ROOT, 'config.schema.json'), 'utf8'), renderJsonSchema());
  },
);

t.test('every key says what it means, what is allowed and what holds without it', async (t) => {
  t.ok(listConfigKeys().length > 70, `${listConfigKeys().length} keys`);
  for (const { key, description, allowed, defaultText, isSection } of listConfigKeys()) {
    t.match(description, /^[A-Z].*\.$/, `${key} is described in sentences`);
    t.notMatch(allowed, /undefined|^$/, `${key} says what is allowed`);
    if (!isSection && !['mail.smtp.host', 'alerts.channels.NAME.kind'].includes(key))
      t.ok(defaultText, `${key} says what holds without it`);
  }
});

t.test('the default that is told for a key is the one that holds', async (t) => {
  const cwd = t.testdir();
  const { config: without } = await loadConfig({ cwd });
  let compared = 0;
  for (const { key, defaultText = '', isSection } of listConfigKeys()) {
    const told = /^`(.*)`$/.exec(defaultText)?.[1];
    if (isSection || told === undefined || !isFixed(told) || key.startsWith('mail.smtp')) continue;
    const { config } = await loadConfig({ cwd, overrides: withValue({}, key, JSON.parse(told)) });
    t.strictSame(config, without, key);
    compared += 1;
  }
  t.ok(compared > 40, `${compared} defaults were compared`);
});

t.test('the example of the documentation is right', async (t) => {
  const example: unknown = JSON.parse(/```json\n([^`]*)```/.exec(page)?.[1] ?? '');
  if (!isJsonObject(example)) {
    t.fail('there is no example');
    return;
  }
  const cwd = t.testdir({ 'config.json': JSON.stringify(example), 'smtp-password': 'x' });
  await t.resolves(loadConfig({ cwd }));
});

/** Whether a default is a value; `host` and `port` are names of other keys. */
function isFixed(told: string): boolean {
  return /^["\d]|^(?:true|false)$/.test(told);
}

t.test('docs/rules.md has the rules that hold', async (t) => {
  const page = readFileSync(join(ROOT, 'docs/rules.md'), 'utf8');
  t.equal(renderRulesPage(page), page, 'npm run docs');
  const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  const config = configSchema.parse(JSON.parse(example));
  t.strictSame(ruleRules(config), [], 'the example is right');
});
