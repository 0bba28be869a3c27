import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../shared/config/load.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/alerts.md'), 'utf8');

/** The blocks of JSON, each with the line on which it begins. */
function examples(): readonly { readonly line: number; readonly json: string }[] {
  return [...PAGE.matchAll(/^```json\n(.*?)^```$/gms)].map(({ 1: json = '', index }) => ({
    line: PAGE.slice(0, index).split('\n').length,
    json,
  }));
}

t.test('every example in docs/alerts.md is a config.json that the programs take', async (t) => {
  const cwd = t.testdir({ 'smtp-password': 'right horse' });
  t.ok(examples().length >= 5, `${examples().length} examples`);
  for (const { line, json } of examples()) {
    writeFileSync(join(cwd, 'config.json'), json);
    await t.resolves(loadConfig({ cwd }), `the example on line ${line}`);
  }
});

t.test(
  'docs/alerts.md has an example of each kind of channel, and of both who watch the receiver',
  async (t) => {
    const all = examples()
      .map(({ json }) => json)
      .join('');
    for (const kind of ['webhook', 'ntfy', 'slack', 'mattermost', 'discord'])
      t.match(all, `"kind": "${kind}"`);
    t.match(all, '"heartbeat"');
    t.match(all, '"receiver_lost_after_seconds"');
  },
);
