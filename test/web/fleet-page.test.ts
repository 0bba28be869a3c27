import type { Page } from 'playwright-core';
import t from 'tap';
import { until } from '../helpers/until.ts';
import { findBrowser, startApp } from './app.ts';

t.setTimeout(600_000);

/** Notes when the first row stood on the screen, ms since the navigation. */
const NOTE_FIRST_PAINT = `
  new MutationObserver((_, observer) => {
    if (document.querySelector('.node-row') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.firstPaint = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
`;

/** Where the row nearest to the upper edge of the screen stands, px. */
const TOPMOST = `Math.min(...[...document.querySelectorAll('.node-row')]
  .map((row) => row.getBoundingClientRect().top).filter((top) => top > 0))`;

const executable = findBrowser();
if (executable === undefined)
  t.plan(0, 'no Chromium on this machine: the fleet page is not tested in a browser');
else {
  t.test('a thousand nodes: the first paint, scrolling, keys, filter and sort', async (t) => {
    const app = await startApp(t, executable, { nodes: 1000 });
    const { page } = await app.open('#/', { initScript: NOTE_FIRST_PAINT });
    // Told, not demanded: what else runs on the machine decides it, too.
    t.comment(`first paint of 1000 nodes after ${Math.round(await firstPaint(page))} ms`);
    const rows = () => page.locator('.node-row').count();
    const names = () => page.locator('.node-row .col-name a').allTextContents();
    t.ok((await rows()) < 60, 'only the rows in sight are in the page');

    await page.evaluate('scrollTo(0, document.body.scrollHeight / 2)');
    await until(async () => ((await page.evaluate(TOPMOST)) as number) < 300, {
      timeoutMs: 20_000,
      what: 'rows in the middle',
    });
    t.ok((await rows()) < 70, 'in the middle too');
    await page.evaluate('scrollTo(0, 0)');

    await page.keyboard.press('/');
    await page.keyboard.type('tag:web -rack web-1');
    await until(
      async () => (await rows()) < 60 && (await names()).every((name) => name.startsWith('web-1')),
      {
        timeoutMs: 20_000,
        what: 'the filter',
      },
    );
    t.match(page.url(), /filter=tag%3Aweb/, 'the filter stands in the address');
    await page.keyboard.press('Escape');
    await page.click('th.col-name button');
    await until(async () => (await names())[0] === 'web-10', { timeoutMs: 20_000, what: 'the sort by name' });
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.evaluate('document.getElementById("main").focus()');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.node-head');
    t.match(page.url(), /#\/node\/web-1\d+$/, 'j, j, Enter opens the second node');
  });

  t.test('from the filter, the arrows and Enter choose a node', async (t) => {
    const app = await startApp(t, executable, { nodes: 60 });
    const { page } = await app.open('#/?sort=name');
    await page.waitForSelector('.node-row');
    await page.keyboard.press('/');
    await page.keyboard.type('web');
    await page.waitForSelector('.node-row:nth-child(2) a:text-is("web-2")');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/node\/web-2$/);
    t.pass('the second one');
  });

  t.test('back from a node, the list stands where it stood', async (t) => {
    const app = await startApp(t, executable, { nodes: 500 });
    const { page } = await app.open('#/');
    await page.waitForSelector('.node-row');
    await page.evaluate('scrollTo(0, 5000)');
    await until(async () => ((await page.evaluate(TOPMOST)) as number) < 300, {
      timeoutMs: 20_000,
      what: 'rows in the middle',
    });
    await page.locator('.node-row a').nth(20).click();
    await page.waitForSelector('.graph canvas');
    t.equal(await page.evaluate('scrollY'), 0, 'a node begins at its top');
    t.match(await page.title(), /^\(3\) [a-z]+-\d+ – Fleetkeep$/, 'and has its name in the title');
    await page.goBack();
    await until(async () => (await page.evaluate('scrollY')) === 5000, {
      timeoutMs: 20_000,
      what: 'the old place',
    });
  });

  t.test('news change a row; when they stop, the page says so, and recovers', async (t) => {
    const app = await startApp(t, executable, { nodes: 20 });
    const { page } = await app.open('#/?filter=web-2');
    await page.waitForSelector('.node-row.is-up');
    const news = { name: 'web-2', state: 'down', sinceMs: Date.now() - 3000, latest: null };
    await until(
      async () => {
        app.server.tell('fleet', { nodes: [news] });
        return (await page.locator('.node-row.is-down').count()) === 1;
      },
      { timeoutMs: 20_000, what: 'the row to turn red' },
    );
    app.server.setSilent(true);
    await page.waitForSelector('text=Connection lost');
    app.server.setSilent(false);
    await page.waitForSelector('text=Connection lost', { state: 'detached' });
    t.pass('and the word goes away when news come in again');
  });

  t.test('a node that joins appears by itself', async (t) => {
    const app = await startApp(t, executable, { nodes: 5 });
    const { page } = await app.open('#/add');
    await page.click('text=Make a join code');
    t.match(await page.locator('.join-line code').textContent(), /fleetkeep-sender install --join /);
    await page.waitForSelector('.joined a:text("backup-1")');
    t.strictSame(app.server.changes, ['POST /api/join-codes {"uses":1,"expiresSeconds":3600}']);
  });
}

/** Waits for the first row, and tells when it stood on the screen, ms since the navigation. */
async function firstPaint(page: Page): Promise<number> {
  return await until(async () => (await page.evaluate('window.firstPaint')) as number | undefined, {
    timeoutMs: 15_000,
    what: 'the first paint',
  });
}
