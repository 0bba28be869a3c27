/**
 * Does history grow in a long life? Its worker takes in weeks of samples, an hour of all nodes at a time, as fast as it can: many blocks of every
 * resolution are begun and finished. Prints what is resident once a simulated day; the first quarter is warm-up. Ends with 1 when the
 * rest grows by more than 1 MB a day, beyond doubt (by more than twice the error of the line through the points).
 *
 *     npm run bench:long-life -- [--days 20] [--nodes 10] [--interval 10]
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseNodeName } from '../shared/names/node-name.ts';
import { beginLog, simulateNode } from '../test/helpers/simulated-node.ts';
import { caughtUp, startHistoryAlone } from './load/history-alone.ts';
import { memoryMib } from './program-use.ts';
import { trendOf } from './regression.ts';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '20' },
    nodes: { type: 'string', default: '10' },
    interval: { type: 'string', default: '10' },
  },
});
const DAYS = Number(values.days);
const HOUR_MS = 3_600_000;
const STEP_MS = Number(values.interval) * 1000;
const SAMPLES_AN_HOUR = HOUR_MS / STEP_MS;
const LIMIT_MB_A_DAY = 1;

await using cleanup = new AsyncDisposableStack();
const directory = await mkdtemp(join(tmpdir(), 'fleetkeep-long-life-'));
cleanup.defer(() => rm(directory, { recursive: true }));
const root = join(directory, 'logs');
const endMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const beginMs = endMs - DAYS * 24 * HOUR_MS;
const names = Array.from({ length: Number(values.nodes) }, (_, index) => parseNodeName(`n${index}`));
const machines = await Promise.all(
  names.map(async (name, seed) => {
    const { file } = await beginLog(root, name, beginMs);
    cleanup.defer(() => file.close());
    return { file, next: simulateNode(seed) };
  }),
);
const history = cleanup.use(startHistoryAlone(root, join(directory, 'history.db')));

/** Appends an hour of samples to every log. */
async function writeHour(fromMs: number): Promise<void> {
  for (const { file, next } of machines) {
    const lines = Array.from(
      { length: SAMPLES_AN_HOUR },
      (_, index) => `${next(fromMs + index * STEP_MS)}\n`,
    );
    await file.appendFile(lines.join(''));
  }
}

const days: (readonly [day: number, mb: number])[] = [];
for (let hour = 1; hour <= DAYS * 24; hour++) {
  await writeHour(beginMs + (hour - 1) * HOUR_MS);
  history.moved(names);
  await caughtUp(history, hour * SAMPLES_AN_HOUR * names.length);
  if (hour % 24 > 0) continue;
  const mb = memoryMib(process.pid).rss * 1.048576;
  days.push([hour / 24, mb]);
  console.log(`day ${String(hour / 24).padStart(3)}  ${mb.toFixed(0)} MB resident`);
}
const { slope, error } = trendOf(days.slice(Math.floor(DAYS / 4)));
console.log(`${slope.toFixed(2)} ± ${(2 * error).toFixed(2)} MB a simulated day`);
process.exitCode = slope - 2 * error > LIMIT_MB_A_DAY ? 1 : 0;
