import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

const WARM_BYTES = 4 * 1024 ** 3;
const CHUNK_BYTES = 1024 ** 2;

/**
 * Lets the machine touch the memory that the page cache will need, by writing a file of 4 GiB and deleting it: on a virtual machine
 * the first use of a page costs five to ten times the next, and whoever came first in a benchmark would pay for all.
 * Says what was done; does nothing where memory or disk are too small for it.
 */
export function warmMemory(directory: string): string {
  const { bavail, bsize } = statfsSync(directory);
  const freeBytes = Math.min(freemem(), bavail * bsize);
  if (freeBytes < 2 * WARM_BYTES) return 'no warm-up: it takes 8 GiB of free memory and disk';
  const path = join(directory, 'fleetkeep-bench-warm-up');
  const chunk = Buffer.alloc(CHUNK_BYTES, 'x');
  const began = performance.now();
  const file = openSync(path, 'w');
  try {
    for (let written = 0; written < WARM_BYTES; written += CHUNK_BYTES) writeSync(file, chunk);
  } finally {
    closeSync(file);
    rmSync(path);
  }
  const seconds = (performance.now() - began) / 1000;
  return `warm-up: 4 GiB written and deleted in ${seconds.toFixed(1)} s`;
}
