import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import t from 'tap';
import { findBrowser, startApp } from './app.ts';
import { buildClient } from './build-client.ts';

t.setTimeout(600_000);

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every page, and what stands on it when it is drawn. */
const PAGES = [
  ['#/', '.node-row'],
  ['#/?group=tag&sort=-cpu', '.group-row'],
  ['#/?filter=nothing-fits', '.nothing'],
  ['#/node/web-1', '.graph canvas'],
  ['#/node/web-1?last=31536000', '.graph canvas'],
  ['#/node/web-1?tab=log', '.log-lines li'],
  ['#/node/web-1?tab=inventory', '.inventory'],
  ['#/node/web-1?tab=manage', '.manage'],
  ['#/node/no-such-node', '.problem'],
  ['#/compare', '.heat canvas'],
  ['#/compare?nodes=web-1,db-2', '.chart canvas'],
  ['#/alerts', '.alert'],
  ['#/alerts?tab=history', '.list'],
  ['#/alerts?tab=rules', '.list'],
  ['#/alerts?tab=silences', '.alert'],
  ['#/alerts?tab=outbox', '.list'],
  ['#/copies', '.copies'],
  ['#/add', '.action-form'],
  ['#/settings', '.entries'],
] as const;

const LOOKS = [
  { name: 'desktop, light', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'phone, dark', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const;

t.test('the script is small, compressed, and stands beside what it was made from', async (t) => {
  const directory = t.testdir();
  await buildClient(directory);
  const files = readdirSync(`${directory}/assets`);
  const sizes = files
    .filter((name) => /\.js\.gz$/.test(name))
    .map((name) => statSync(`${directory}/assets/${name}`).size);
  const kilobytes = sizes.reduce((sum, size) => sum + size, 0) / 1000;
  t.comment(`${kilobytes.toFixed(1)} kB of script by gzip`);
  t.ok(kilobytes > 0 && kilobytes < 150, 'as promised');
  for (const name of files.filter((file) => /\.(?:js|css)$/.test(file))) {
    t.ok(files.includes(`${name}.gz`) && files.includes(`${name}.br`), name);
    t.match(name, /-[\w-]{8}\.\w+$/, 'its name changes with its contents, so that browsers may keep it');
  }
  const html = readFileSync(`${directory}/index.html`, 'utf8');
  t.notMatch(
    html,
    /<script(?![^>]*\ssrc=)|\son\w+=|style=|https?:/,
    'nothing inline, nothing from elsewhere',
  );
});

const executable = findBrowser();
if (executable === undefined)
  t.comment('no Chromium on this machine: the web client is not tested in a browser');
else {
  for (const { name, ...look } of LOOKS) {
    t.test(`every page without complaints, accessible, not wider than the screen: ${name}`, async (t) => {
      const app = await startApp(t, executable, { nodes: 120 });
      const { page, complaints } = await app.open('#/', look);
      for (const [address, mark] of PAGES) {
        await page.goto(app.server.url + address);
        await page.waitForSelector(mark);
        t.strictSame(await violationsOf(page), [], `${address} is accessible`);
        t.equal(
          await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
          0,
          `${address} fits`,
        );
      }
      // The console tells of every answer with an error status, and one of the nodes is not there.
      t.strictSame(
        complaints.filter((text) => !text.includes('404')),
        [],
        'nothing to complain about',
      );
    });
  }

  t.test('the door is accessible, and its two ways lead in', async (t) => {
    const app = await startApp(t, executable, { nodes: 5, isSignedOut: true });
    const { page } = await app.open('#/node/web-1');
    await page.waitForSelector('.door form');
    t.strictSame(await violationsOf(page), []);
    await page.fill('input[name=user]', 'admin');
    await page.fill('input[name=password]', 'correct horse');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.graph');
    t.match(page.url(), /#\/node\/web-1$/, 'signing in leads to where one wanted to go');
    t.strictSame(app.server.changes, ['POST /api/session {"user":"admin","password":"correct horse"}']);
    await page.getByLabel('Sign out').click();
    await page.waitForSelector('.door form');

    const first = await app.open('#/setup/TOKEN-1');
    await first.page.waitForSelector('input[name=again]');
    t.strictSame(await violationsOf(first.page), []);
    await first.page.fill('input[name=password]', 'long enough 1');
    await first.page.fill('input[name=again]', 'long enough 2');
    await first.page.click('text=Set password');
    await first.page.waitForSelector('text=differ');
    await first.page.fill('input[name=again]', 'long enough 1');
    await first.page.click('text=Set password');
    await first.page.waitForSelector('.node-row');
    t.equal(app.server.changes.at(-1), 'POST /api/setup {"token":"TOKEN-1","password":"long enough 1"}');
  });
}

async function violationsOf(page: Page): Promise<readonly string[]> {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run(document)')) as AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
