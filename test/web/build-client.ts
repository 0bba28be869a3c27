import { join } from 'node:path';
import { build } from 'vite';

const CLIENT = join(import.meta.dirname, '../../receiver/web/client');

/** Builds the web client as `npm ci` does, but into a directory of the test, so that tests need not wait for each other. */
export async function buildClient(directory: string): Promise<void> {
  await build({
    root: CLIENT,
    configFile: join(CLIENT, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: directory, emptyOutDir: true },
  });
}
