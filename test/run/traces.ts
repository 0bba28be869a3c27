import { join } from 'node:path';

const TAP = join(import.meta.dirname, '../../.tap');

/** A file as old as the run. */
export const BEGUN = join(TAP, 'run-begun');
/** What tests left running when they ended, a line each. */
export const LEFT_RUNNING = join(TAP, 'left-running');
/** What each file of tests has said, as TAP. */
export const RESULTS = join(TAP, 'test-results');
