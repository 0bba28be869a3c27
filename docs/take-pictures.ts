/**
 * Takes the pictures of the README from the running app: a real receiver, real senders whose logs begin with a made-up past, and Chromium.
 *
 *     npm run docs:pictures
 */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { logPaths } from '../shared/log/log.ts';
import { openLogWriter } from '../shared/log/open-log-writer.ts';
import { startSealer } from '../shared/log/sealer.ts';
import { parseNodeName } from '../shared/names/node-name.ts';
import { preparePlace } from '../test/helpers/programs.ts';
import { simulateNode } from '../test/helpers/simulated-node.ts';
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
  await makePast(data, name, index);
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

/** Begins the log of a node as its sender would have, some hours ago. */
async function makePast(data: string, name: string, seed: number): Promise<void> {
  const sealer = startSealer({ onError: (_job, error) => console.error(error) });
  const paths = logPaths(join(data, 'logs'), parseNodeName(name));
  const fromMs = Date.now() - PAST_MS;
  await using writer = await openLogWriter({ paths, bootId: 'past', segmentBytes: 2 ** 26, sealer }, fromMs);
  const sample = simulateNode(seed);
  for (let atMs = fromMs; atMs < Date.now() - STEP_MS; atMs += STEP_MS) writer.append(sample(atMs), atMs);
}
