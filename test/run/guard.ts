/** Loaded by tap before every test file (`node-arg` in .taprc): neither the test nor what it starts outlives tap. */

import { isMainThread } from 'node:worker_threads';
import { guardTest } from '../helpers/guard.ts';

const LOOK_MS = 1000;

// What tap runs before and after the tests is loaded with this as well.
const isTest = !/run.(?:begin|end)\.ts$/.test(process.argv[1] ?? '');

if (isMainThread && isTest) {
  guardTest();
  const tap = process.ppid;
  setInterval(() => {
    if (process.ppid !== tap) process.kill(process.pid, 'SIGKILL');
  }, LOOK_MS).unref();
}
