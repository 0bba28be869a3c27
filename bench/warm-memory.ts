import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const DIRECTORY = '/dev/shm';
const RESERVE_BYTES = 3 * 1024 ** 3;
/** Free and warm at any moment, bytes: little, since the kernel gives free pages back to the host every two seconds. */
const CUSHION_BYTES = 128 * 1024 ** 2;
const CHUNK_BYTES = 1024 ** 2;
const LOOK_MS = 5;

/**
 * Lets what is measured find memory that has been used before. On a virtual machine whose kernel gives free pages back to its host, the
 * next use of a page costs ten times as much (`dd` into a new file: 440 MB/s, into pages freed a moment ago: 5 GB/s), and that
 * would be most of what a benchmark of writing measures. So memory is held here, in use, and given up as fast as the
 * others take it, until this is disposed of.
 * Undefined where there is no `/dev/shm` or too little memory: 6 GiB.
 */
export function holdWarmMemory(): Disposable | undefined {
  if (!existsSync(DIRECTORY) || freeBytes() < 2 * RESERVE_BYTES) return undefined;
  const path = join(DIRECTORY, `fleetkeep-bench-${process.pid}`);
  const file = openSync(path, 'w');
  rmSync(path);
  const chunk = Buffer.alloc(CHUNK_BYTES, 'x');
  for (let written = 0; written < RESERVE_BYTES; written += CHUNK_BYTES) writeSync(file, chunk);
  let held = RESERVE_BYTES;
  const floor = freeBytes() + CUSHION_BYTES;
  const timer = setInterval(() => {
    const missing = floor - freeBytes();
    if (missing <= 0 || held === 0) return;
    held = Math.max(0, held - missing);
    ftruncateSync(file, held);
  }, LOOK_MS);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      closeSync(file);
    },
  };
}

function freeBytes(): number {
  const free = /^MemFree:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return Number(free) * 1024;
}
