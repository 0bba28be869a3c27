import t from 'tap';
import { until } from '../helpers/until.ts';
import { findBrowser, startApp } from './app.ts';

t.setTimeout(600_000);

const executable = findBrowser();
if (executable === undefined) t.plan(0, 'no Chromium on this machine: the pages are not tested in a browser');
else {
  t.test('a graph is zoomed by dragging, and back returns', async (t) => {
    const app = await startApp(t, executable, { nodes: 10 });
    const { page, complaints } = await app.open('#/node/web-1?last=3600');
    await page.waitForSelector('#graph-load canvas');
    const box = await page.locator('#graph-load .u-over').boundingBox();
    if (box === null) throw new Error('the graph has no place on the page');
    await page.mouse.move(box.x + box.width * 0.25, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=\d+&to=\d+/);
    const query = new URLSearchParams(page.url().split('?')[1]);
    const spanMs = Number(query.get('to')) - Number(query.get('from'));
    t.ok(Math.abs(spanMs - 1_800_000) < 60_000, `half an hour is left: ${spanMs} ms`);
    await page.goBack();
    await page.waitForURL(/last=3600$/);
    await page.waitForSelector('.choices [aria-pressed=true]:has-text("1 h")');

    await page.keyboard.press('-');
    await page.waitForURL(/last=7200$/);
    t.strictSame(complaints, []);
  });

  t.test('one cursor for all graphs, with the values and the processes of its time', async (t) => {
    const app = await startApp(t, executable, { nodes: 10 });
    const { page } = await app.open('#/node/web-1?last=3600');
    await page.waitForSelector('#graph-load canvas');
    const memory = page.locator('#graph-memory .legend-value').first();
    await memory.waitFor();
    const processes = () => page.locator('.top-panel h2').textContent();
    const [before, topBefore] = [await memory.textContent(), await processes()];
    await page.locator('#graph-cpu .chart').focus();
    for (let press = 0; press < 3; press++) await page.keyboard.press('Shift+ArrowLeft');
    await until(async () => (await memory.textContent()) !== before, {
      timeoutMs: 20_000,
      what: 'the memory at the cursor of the CPU',
    });
    await until(async () => (await processes()) !== topBefore, {
      timeoutMs: 20_000,
      what: 'the processes of that time',
    });
    t.match(await processes(), /\S/, 'which are of a time that is told');
  });

  t.test('what comes from outside is text', async (t) => {
    const app = await startApp(t, executable, { nodes: 10 });
    const { page, complaints } = await app.open('#/node/web-1?tab=inventory');
    await page.waitForSelector('text=<script>alert(1)</script>');
    await page.goto(`${app.server.url}#/node/web-1`);
    await page.waitForSelector('text="/srv/<b>data</b>"');
    await page.goto(`${app.server.url}#/node/web-1?tab=log`);
    await page.waitForSelector('.log-lines li');
    t.equal(await page.locator('main b, main script').count(), 0);
    t.strictSame(complaints, []);
  });

  t.test('a message is shown in a frame without scripts, pictures and links', async (t) => {
    const app = await startApp(t, executable, { nodes: 10 });
    const { page, complaints } = await app.open('#/alerts?tab=outbox');
    await page.click('button.link');
    const frame = page.frameLocator('iframe.message');
    await frame.locator('h1').waitFor();
    const color = await page.frames()[1]?.evaluate('getComputedStyle(document.querySelector("h1")).color');
    t.equal(color, 'rgb(176, 31, 41)', 'with its colours');
    t.equal(await frame.locator('script, img, a[href], [onclick]').count(), 0);
    t.notMatch(await page.locator('iframe.message').getAttribute('sandbox'), /allow-scripts/);
    t.strictSame(complaints, []);
  });

  t.test('an alert is acknowledged and silenced with a reason', async (t) => {
    const app = await startApp(t, executable, { nodes: 10 });
    const { page } = await app.open('#/alerts');
    await page.locator('.alert-critical button', { hasText: 'Acknowledge' }).click();
    await page.fill('dialog input[name=why]', 'on it');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.locator('.alert-critical button', { hasText: 'Silence' }).click();
    await page.selectOption('dialog select[name=for]', '14400');
    await page.fill('dialog input[name=why]', 'new disks');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    t.strictSame(app.server.changes, [
      'POST /api/alerts/1/ack {"why":"on it"}',
      'POST /api/silences {"pattern":"node edge-1","forSeconds":14400,"why":"new disks"}',
    ]);
  });

  t.test('the progress bar of a mirror run ends', async (t) => {
    const app = await startApp(t, executable, { nodes: 10 });
    const { page } = await app.open('#/copies');
    await page.click('text=Mirror now');
    await page.waitForSelector('progress');
    await page.waitForSelector('.progress:has-text("ended well: 4.1 MiB copied")');
    t.pass('with its result');
  });

  t.test('who may look only sees no button that does something', async (t) => {
    const app = await startApp(t, executable, { nodes: 10, role: 'viewer' });
    const { page } = await app.open('#/node/web-1?tab=manage');
    await page.waitForSelector('.tabs');
    t.equal((await page.locator('text=Manage').count()) + (await page.locator('.action-form').count()), 0);
    for (const [address, mark] of [
      ['#/alerts', '.alert'],
      ['#/alerts?tab=silences', '.alert'],
      ['#/copies', '.mirror'],
      ['#/add', '.nothing'],
      ['#/settings', '.settings'],
    ] as const) {
      await page.goto(app.server.url + address);
      await page.waitForSelector(mark);
      const doing = /Acknowledge|Silence$|End now|silence|Mirror now|Verify|join code|^Add$|Make/;
      t.equal(await page.locator('main button').filter({ hasText: doing }).count(), 0, address);
    }
  });
}
