/** Loaded by tap before every test file (`node-arg` in .taprc): neither the test nor what it starts outlives tap. */

import { isMainThread } from 'node:worker_threads';
import { guardTest } from './guard.ts';

const LOOK_MS = 1000;

if (isMainThread) {
  guardTest();
  const tap = process.ppid;
  setInterval(() => {
    if (process.ppid !== tap) process.kill(process.pid, 'SIGKILL');
  }, LOOK_MS).unref();
}
