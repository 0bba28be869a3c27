import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import t from 'tap';
import { openLines, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { PASSWORD, webOf } from '../helpers/web-client.ts';
import { logsOf } from '../helpers/whole-log.ts';
import { BROWSER_TIMEOUT_MS, findBrowser } from './app.ts';
import { buildClient } from './build-client.ts';

t.setTimeout(600_000);

const DIST = join(import.meta.dirname, '../../receiver/web/client/dist');

interface SeriesAnswer {
  readonly timesMs: readonly number[];
  readonly stepMs: number;
  readonly series: Readonly<Record<string, { readonly mean: readonly (number | null)[] } | undefined>>;
}

const executablePath = findBrowser();
if (executablePath === undefined)
  t.plan(0, 'no Chromium on this machine: the web app is not tested in a browser');
else {
  t.test('from the printed link to a silenced loss, with the real programs', async (t) => {
    if (!existsSync(join(DIST, 'index.html'))) await buildClient(DIST);
    const place = await preparePlace(t.testdir(), { sleeptime: 1 });
    await using _receiver = await place.start('receiver');
    const { url, setup } = await webOf(place);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    t.teardown(() => browser.close());
    const page = await browser.newPage();
    page.setDefaultTimeout(BROWSER_TIMEOUT_MS);
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));

    t.comment('the link that the receiver printed sets the password and signs in');
    await page.goto(setup ?? '');
    await page.fill('input[name=password]', PASSWORD);
    await page.fill('input[name=again]', PASSWORD);
    await page.click('text=Set password');
    await page.waitForSelector('text=No node has joined yet');

    t.comment('a join code from the page lets a machine in, which then appears by itself');
    await page.click('text=Add a node >> nth=-1');
    await page.click('text=Make a join code');
    const line = (await page.locator('.join-line code').textContent()) ?? '';
    await using sender = await place.start('sender', '--join', line.split(' ').at(-1) ?? '');
    await page.click('.joined a:text-is("7")');

    t.comment('its graph has the values of the log');
    await page.goto(`${url}/#/node/7?last=300`);
    await until(async () => openLines(logsOf(place, 'receiver'), '7').length > 8, {
      timeoutMs: 30_000,
      what: 'some samples',
    });
    const answer = await seriesOf(page);
    const compared = compareWithLog(answer, openLines(logsOf(place, 'receiver'), '7'));
    t.ok(compared.length >= 4, `${compared.length} points stand for one sample each`);
    for (const { drawn, logged } of compared) t.equal(drawn, logged);
    await page.waitForSelector('#graph-memory .legend-value:has-text("iB")');

    t.comment('a mirror run ends with its result');
    await page.goto(`${url}/#/copies`);
    await page.click('text=Mirror now');
    await page.waitForSelector('.progress:has-text("ended well")');

    t.comment('a silence mutes: the loss is seen, and nobody is told');
    await page.goto(`${url}/#/alerts?tab=silences`);
    await page.click('text=New silence');
    await page.fill('dialog input[name=pattern]', '7');
    await page.fill('dialog input[name=why]', 'new disks');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('h2:text-is("7")');
    await page.goto(`${url}/#/`);
    await page.waitForSelector('.node-row.is-up');
    const killedMs = Date.now();
    await sender.end('SIGKILL');
    await page.waitForSelector('.node-row.is-down');
    t.comment(`the killed sender's row was red after ${Date.now() - killedMs} ms`);
    await page.goto(`${url}/#/alerts`);
    await page.waitForSelector('.alert:has-text("new disks")');
    await page.goto(`${url}/#/alerts?tab=outbox`);
    await page.waitForSelector('text=Nobody was ever told anything');
    t.strictSame(place.mails(), []);

    // Asking who is signed in is answered by 401 before anybody is, and browsers tell of that.
    t.strictSame(
      complaints.filter((text) => !text.includes('401')),
      [],
    );
  });
}

/** What the page was answered for the graph of memory, with some points in it. */
async function seriesOf(page: Page): Promise<SeriesAnswer> {
  const response = await page.waitForResponse(async (candidate) => {
    if (!candidate.url().includes('/series?') || !candidate.url().includes('mem.used')) return false;
    const { series } = (await candidate.json()) as SeriesAnswer;
    return (series['mem.used']?.mean.filter((value) => value !== null).length ?? 0) > 5;
  });
  return (await response.json()) as SeriesAnswer;
}

/** The drawn and the logged value of every point that stands for exactly one sample, to the digits that history keeps. */
function compareWithLog({ timesMs, stepMs, series }: SeriesAnswer, lines: readonly string[]) {
  const samples = lines
    .map((line) => JSON.parse(line) as { t: string; cpu?: object; mem?: { total: number; avail: number } })
    .flatMap(({ t: time, cpu, mem }) =>
      cpu && mem ? { atMs: Date.parse(time), used: mem.total - mem.avail } : [],
    );
  return timesMs.flatMap((atMs, index) => {
    const drawn = series['mem.used']?.mean[index];
    const within = samples.filter((sample) => sample.atMs >= atMs && sample.atMs < atMs + stepMs);
    const [only] = within;
    if (typeof drawn !== 'number' || within.length !== 1 || only === undefined) return [];
    return { drawn: toDigits(drawn), logged: toDigits(only.used) };
  });
}

function toDigits(value: number): number {
  return Number(value.toPrecision(4));
}
