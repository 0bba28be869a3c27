import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { buildClient } from './build-client.ts';
import { type FixtureOptions, type FixtureServer, startFixtureServer } from './fixture-server.ts';

/** How long a page may take for what a person waits for, on a machine that has much else to do, ms. */
export const BROWSER_TIMEOUT_MS = 150_000;

/** Where distributions and systems put a browser that playwright can drive. */
const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser of this machine; undefined when there is none, which a test then says. */
export function findBrowser(): string | undefined {
  return BROWSERS.find((path) => existsSync(path));
}

/** The web client in a browser, before a made-up receiver. */
export interface App {
  readonly server: FixtureServer;
  /** Opens a page at an address such as `#/alerts`. */
  open(address: string, options?: OpenOptions): Promise<OpenedPage>;
}

/** How a page is opened. */
export interface OpenOptions extends BrowserContextOptions {
  /** Runs in the page before anything else. */
  readonly initScript?: string;
}

/** A page, and what its console and its network said. */
export interface OpenedPage {
  readonly page: Page;
  /** Errors and warnings of the console, errors that nobody caught, and requests to other hosts. */
  readonly complaints: readonly string[];
}

let built: Promise<string> | undefined;

/** Builds the client once for all tests of a file. */
function builtClient(): Promise<string> {
  built ??= (async () => {
    const directory = t.testdir();
    await buildClient(directory);
    return directory;
  })();
  return built;
}

/** Builds the client, starts server and browser, and ends both with the test. */
export async function startApp(
  test: Test,
  executablePath: string,
  options: FixtureOptions = {},
): Promise<App> {
  const directory = await builtClient();
  const server = await startFixtureServer({ ...options, directory });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  test.teardown(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });
  return { server, open: (address, context = {}) => openPage(browser, server.url, address, context) };
}

async function openPage(
  browser: Browser,
  url: string,
  address: string,
  { initScript = '', ...context }: OpenOptions,
): Promise<OpenedPage> {
  const made = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...context });
  const page = await made.newPage();
  page.setDefaultTimeout(BROWSER_TIMEOUT_MS);
  await page.addInitScript(initScript);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`request to ${request.url()}`);
  });
  await page.goto(url + address);
  return { page, complaints };
}
