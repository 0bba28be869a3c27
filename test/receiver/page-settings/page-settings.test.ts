import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { liveSleeptime } from '../../../receiver/page-settings/live-sleeptime.ts';
import { openPageSettings } from '../../../receiver/page-settings/page-settings.ts';

t.test(
  'page settings invariant 1: what was set on the page is kept, overrides what is configured, and gives way when it is reset',
  async (t) => {
    const directory = t.testdir();
    const told: number[] = [];
    const open = async (configured: number) =>
      liveSleeptime(await openPageSettings(directory), configured, (seconds) => told.push(seconds));
    const first = await open(1);
    t.equal(first.seconds(), 1);
    t.equal(first.setting(), undefined);
    await first.set(5);
    t.match(first.setting(), { key: 'sleeptime', value: 5, configured: 1, set: /^20\d\d-/ });
    first.configure(2);
    t.equal(first.seconds(), 5, 'config.json that is changed later does not win');
    t.match(first.setting(), { value: 5, configured: 2 }, 'but is shown');
    t.strictSame(told, [5]);

    const restarted = await open(3);
    t.equal(restarted.seconds(), 5, 'nor does a restart undo it');
    t.equal(await restarted.reset(), true);
    t.equal(restarted.seconds(), 3);
    t.equal(await restarted.reset(), false);
    restarted.configure(4);
    t.strictSame(told, [5, 3, 4], 'senders are told whenever another interval holds');
    t.equal((await open(6)).setting(), undefined, 'a reset is kept too');
  },
);

t.test('page settings invariant 2: settings that cannot be written leave everything as it was', async (t) => {
  const directory = t.testdir({ 'settings.json.tmp': { x: '' } });
  const sleeptime = liveSleeptime(await openPageSettings(directory), 1, () => t.fail('nobody is told'));
  await t.rejects(sleeptime.set(5), { code: /^E/ });
  t.equal(sleeptime.seconds(), 1);
});

t.test('two pages may set at the same time', async (t) => {
  const directory = t.testdir();
  const settings = await openPageSettings(directory);
  await Promise.all(Array.from({ length: 20 }, (_, index) => settings.setSleeptime(index + 1)));
  t.match(JSON.parse(readFileSync(join(directory, 'settings.json'), 'utf8')), { sleeptime: { value: 20 } });
});

t.test(
  'page settings invariant 3: settings that are damaged are an error in words, never a guess',
  async (t) => {
    const directory = t.testdir();
    for (const text of [
      '{',
      '{"format":1,"sleeptime":{"value":-1,"set":"2026-01-01T00:00:00Z"}}',
      '[]',
      '{"format":2}',
    ]) {
      writeFileSync(join(directory, 'settings.json'), text);
      await t.rejects(openPageSettings(directory), { code: 'DIRECTORY_UNUSABLE', hint: /remove it/ }, text);
    }
  },
);
