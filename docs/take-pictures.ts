/**
 * Takes the pictures of the README from the running app: a real receiver, real senders whose logs begin with a made-up past, and Chromium.
 *
 *     npm run docs:pictures
 */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { preparePlace } from '../test/helpers/programs.ts';
import { writePast } from '../test/helpers/simulated-node.ts';
import { askUntil, setUpWeb } from '../test/helpers/web-client.ts';

const PICTURES = join(import.meta.dirname, 'pictures');
const NODES = ['kitchen', 'attic', 'garage', 'nas', 'printer'];
const PAST_MS = 6 * 3_600_000;
const STEP_MS = 5_000;

await using cleanup = new AsyncDisposableStack();
const directory = await mkdtemp(join(tmpdir(), 'fleetkeep-pictures-'));
cleanup.defer(() => rm(directory, { recursive: true }));
await mkdir(PICTURES, { recursive: true });

const place = await preparePlace(directory, { sleeptime: 1 });
cleanup.use(await place.start('receiver'));
for (const [index, name] of NODES.entries()) {
  const data = join(directory, name);
  await writePast(data, name, index, { forMs: PAST_MS, stepMs: STEP_MS });
  cleanup.use(await place.start('sender', '--data-directory', data, '--node-name', name));
}
const admin = await setUpWeb(place);
await askUntil<{ nodes: { latest: { atMs: number } | null }[] }>(
  admin,
  '/api/fleet',
  ({ nodes }) =>
    nodes.length === NODES.length && nodes.every(({ latest }) => (latest?.atMs ?? 0) > Date.now() - 10_000),
);

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
cleanup.defer(() => browser.close());
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 });
const [name = '', value = ''] = admin.cookie.split('=');
await context.addCookies([{ name, value, url: admin.url }]);
const page = await context.newPage();
await take(page, '#/', 'fleet.png');
await take(page, '#/node/kitchen', 'node.png');

async function take(page: Page, path: string, file: string): Promise<void> {
  await page.goto(`${admin.url}/${path}`);
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.waitForTimeout(2_000);
  await page.screenshot({ path: join(PICTURES, file) });
}
