/** Run by tap after the tests (`after` in .taprc): a test that asserts nothing, or leaves something running, is a failure. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { until } from '../helpers/until.ts';
import { BEGUN, LEFT_RUNNING, RESULTS } from './traces.ts';
import { namesWithoutAssertion } from './without-assertion.ts';

/** The results of this run, the paths relative to {@link RESULTS}. */
function results(): readonly string[] {
  const begunMs = statSync(BEGUN).mtimeMs;
  return readdirSync(RESULTS, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path.endsWith('.tap') && statSync(path).mtimeMs >= begunMs);
}

/** Whether a guard still looks at what a test has left; it says within three seconds. */
function isGuarded(): boolean {
  return readdirSync('/proc').some((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(LEFT_RUNNING);
    } catch {
      return false;
    }
  });
}

if (process.platform === 'linux')
  // Those of another run in the same place may go on for longer.
  await until(() => !isGuarded(), { timeoutMs: 10_000, what: 'the guards' }).catch(() => undefined);

const empty = results().flatMap((path) =>
  namesWithoutAssertion(readFileSync(path, 'utf8')).map(
    (name) => `${relative(RESULTS, path).replace(/\.tap$/, '')}: ${name} asserts nothing`,
  ),
);
const left = existsSync(LEFT_RUNNING) ? readFileSync(LEFT_RUNNING, 'utf8').trim().split('\n') : [];
for (const what of [...empty, ...left]) console.error(`not ok - ${what}`);
process.exitCode = empty.length + left.length === 0 ? 0 : 1;
