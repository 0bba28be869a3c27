/** How the web client is built: hashed names, no inline script, no request to another host, compressed once here. */

import { defineConfig } from 'vite';
import { compressFiles } from './compress-files.ts';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  clearScreen: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [compressFiles()],
  build: {
    target: 'es2024',
    outDir: 'dist',
    emptyOutDir: true,
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
