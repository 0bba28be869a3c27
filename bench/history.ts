/**
 * How fast the logs become history, how fast questions are answered, and what a point costs on disk. The logs are written first; the
 * worker that reads them is the receiver's own.
 *
 *     npm run bench:history -- [NODES] [LINES]
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHistoryStore } from '../receiver/history/history-store.ts';
import { NodeHistory } from '../receiver/history/node-history.ts';
import type { RunningHistory } from '../receiver/history/start-history.ts';
import { TIERS } from '../receiver/history/tiers.ts';
import { parseNodeName } from '../shared/names/node-name.ts';
import { beginLog, simulateNode } from '../test/helpers/simulated-node.ts';
import { caughtUp, startHistoryAlone } from './load/history-alone.ts';

const DAY_MS = 86_400_000;
const nodes = Number(process.argv[2] ?? 1000);
const lines = Number(process.argv[3] ?? 120);

await using cleanup = new AsyncDisposableStack();
const directory = await mkdtemp(join(tmpdir(), 'fleetkeep-history-'));
cleanup.defer(() => rm(directory, { recursive: true }));

await indexFleet();
await bytesPerPoint();
await longPast();

async function indexFleet(): Promise<void> {
  const root = join(directory, 'fleet');
  const now = Date.now();
  let bytes = 0;
  for (let index = 0; index < nodes; index++) {
    bytes += await writeLog(root, `n${index}`, index, now - lines * 1000, 1000, lines);
  }
  const began = process.cpuUsage();
  const from = performance.now();
  await using history = start(root, 'fleet.db');
  await caughtUp(history, nodes * lines);
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(began);
  const total = nodes * lines;
  const cpuSeconds = (user + system) / 1e6;
  say(
    `index: ${total} lines (${Math.round(bytes / total)} bytes each) of ${nodes} nodes in ${seconds.toFixed(1)} s,`,
  );
  say(`       ${Math.round(total / seconds)} lines/s, ${Math.round(total / cpuSeconds)} a second of CPU`);
  const answers = [];
  for (let run = 0; run < 10; run++) {
    const asked = performance.now();
    JSON.stringify([...(await history.overview())]);
    answers.push(performance.now() - asked);
  }
  say(`overview of ${nodes} nodes, as JSON: ${describe(answers)}`);
}

async function bytesPerPoint(): Promise<void> {
  const root = join(directory, 'day');
  const end = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  for (let node = 0; node < 2; node++) await writeLog(root, `n${node}`, node, end - DAY_MS, 1000, 86_400);
  const history = start(root, 'day.db');
  await caughtUp(history, 2 * 86_400);
  await history[Symbol.asyncDispose]();
  using store = openHistoryStore(join(directory, 'day.db'));
  let points = 0;
  for (const name of ['n0', 'n1']) {
    const stored = new NodeHistory(store, name);
    for (const tier of TIERS) {
      const [first, last] = [(end - DAY_MS) / tier.stepMs, end / tier.stepMs];
      for (const { bucket } of stored.read(tier, Math.floor(first), Math.ceil(last))) {
        points += bucket.count.filter((count) => count > 0).length;
      }
    }
  }
  const { size } = await import('node:fs').then((fs) => fs.statSync(join(directory, 'day.db')));
  say(`disk: ${points} points of 2 nodes and a day in ${size} bytes, ${(size / points).toFixed(2)} a point`);
}

async function longPast(): Promise<void> {
  const root = join(directory, 'month');
  const now = Date.now();
  const count = 30 * 8640;
  await writeLog(root, 'n0', 1, now - 30 * DAY_MS, 10_000, count);
  await using history = start(root, 'month.db');
  await caughtUp(history, count);
  const node = parseNodeName('n0');
  const names = ['cpu.user', 'cpu.system', 'cpu.iowait', 'cpu.nice', 'cpu.irq', 'cpu.steal'];
  const answers = [];
  for (let run = 0; run < 20; run++) {
    const asked = performance.now();
    const answer = await history.series(node, names, { fromMs: now - 30 * DAY_MS, toMs: now }, 1000);
    answers.push(performance.now() - asked);
    if (run === 0) say(`30 days: ${answer.timesMs.length} points a series, ${names.length} series`);
  }
  say(`30 days of one node: ${describe(answers)}`);
}

function start(logsRoot: string, name: string): RunningHistory {
  return startHistoryAlone(logsRoot, join(directory, name));
}

async function writeLog(
  root: string,
  name: string,
  seed: number,
  fromMs: number,
  stepMs: number,
  count: number,
): Promise<number> {
  const { file } = await beginLog(root, name, fromMs);
  const next = simulateNode(seed);
  let text = '';
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    text += `${next(fromMs + index * stepMs)}\n`;
    if (text.length < 2 ** 20 && index < count - 1) continue;
    bytes += Buffer.byteLength(text);
    await file.appendFile(text);
    text = '';
  }
  await file.close();
  return bytes;
}

function describe(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, slowest ${at(1)} ms`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
