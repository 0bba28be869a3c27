/** The history worker: a thread that takes the logs in and answers questions about them. */

import { renameSync, rmSync, statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { describeError } from '../../shared/errors/errors.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { SteadyWall } from '../../shared/time/steady-wall.ts';
import { BEAT_MS, beat } from '../pulse/pulse.ts';
import { concerns } from '../rules/concerns.ts';
import { RuleEngine } from '../rules/rule-engine.ts';
import type { SampleStamp } from '../rules/sample-clock.ts';
import { type AnswerSources, answer } from './answer.ts';
import { type HistoryStore, OtherFormatError, openHistoryStore } from './history-store.ts';
import { Indexer } from './indexer.ts';
import type { Answers, FromHistory, HistoryStart, Question, ToHistory } from './messages.ts';
import { readPast } from './read-past.ts';
import { type Group, numberOf, parseLine, readValues } from './read-values.ts';

/** How often what is too old is dropped, in ticks. */
const PRUNE_TICKS = 3_600;

/** Result codes of SQLite for a file that is damaged, and for one that never was a database. */
const DAMAGED = new Set([11, 26]);

function run(
  { pulse, ...settings }: HistoryStart,
  send: (message: FromHistory, transfer?: ArrayBuffer[]) => void,
): void {
  const store = openOrMakeAnew(settings.path);
  const rules = new RuleEngine({
    rules: settings.rules,
    concerns: (rule, node) => concerns(rule, node, settings.tags),
    firing: settings.firing,
    nowMs: steadyNow(),
    wallNow: Date.now,
    onChange: (change) => send({ kind: 'rule', change }),
    onGone: (key) => send({ kind: 'rule_gone', key }),
    past(node, range) {
      const feed = indexer.feed(node);
      return feed && readPast(feed.history, range);
    },
  });
  const indexer = new Indexer({
    logsRoot: settings.logsRoot,
    store,
    now: Date.now,
    monotonic: () => performance.now(),
    onSample(node, { sample, atMs, isPresent, values: { names, numbers } }) {
      const nowMs = Date.now();
      if (!isPresent && atMs < nowMs - rules.memoryMs) return;
      const moment = rules.arrived(node, stampOf(sample, atMs), steadyNow(), isPresent);
      names.forEach((name, index) => {
        rules.take(node, name, numbers[index] ?? 0, moment);
      });
    },
    onTrouble: (node, message) => send({ kind: 'trouble', node, message }),
    onFailed: failed,
  });
  const sources: AnswerSources = { settings, store, indexer, rules, sizeBytes: () => sizeOf(settings.path) };
  const wall = new SteadyWall(systemClock);
  let ticks = 0;

  function failed(error: unknown): void {
    store[Symbol.dispose]();
    if (isDamage(error)) putAside(settings.path);
    // Ends the thread, so that it is started again, with a history.db that is made anew or as it was before the transaction.
    throw error;
  }

  // Also reports the newest samples, and writes what waits.
  const timer = setInterval(() => {
    beat(pulse);
    ticks += 1;
    const samples = indexer.latest.takeChanged();
    if (samples.length > 0) send({ kind: 'latest', samples });
    if (ticks % 60 === 0) rules.tick(steadyNow());
    try {
      indexer.commit();
      if (ticks % PRUNE_TICKS === 60 && wall.isSteady()) indexer.prune(settings.keptMs);
    } catch (error) {
      failed(error);
    }
  }, BEAT_MS);

  async function ask(id: number, question: Question): Promise<void> {
    try {
      const found = await answer(question, sources);
      send({ kind: 'answer', id, answer: found }, buffersOf(found));
    } catch (error) {
      send({ kind: 'refused', id, message: describeError(error) });
    }
  }

  async function stop(): Promise<void> {
    clearInterval(timer);
    await indexer.stop();
    store[Symbol.dispose]();
    parentPort?.close();
  }

  parentPort?.on('message', (message: ToHistory) => {
    switch (message.kind) {
      case 'moved':
        indexer.moved(message.nodes, message.isNews);
        return;
      case 'live':
        indexer.replays(message.node);
        indexer.latest.takeLine(message.node, message.line);
        takeLive(rules, message.node, message.line);
        return;
      case 'ask':
        void ask(message.id, message.question);
        return;
      case 'stop':
        void stop();
        return;
      default:
        message satisfies never;
    }
  });
  send({ kind: 'ready' });
}

/** ms since 1970 as the clock showed at the start, and as time has passed since; it is never set. */
function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Rules look at what comes beside the log, too; without the rates, which need the sample before. */
function takeLive(rules: RuleEngine, node: NodeName, line: string): void {
  const sample = parseLine(line);
  if (sample === undefined) return;
  const moment = rules.arrived(node, stampOf(sample, Date.parse(String(sample['t']))), steadyNow());
  readValues({ sample, past: [] }, (name, value) => rules.take(node, name, value, moment));
}

function stampOf(sample: Group, atMs: number): SampleStamp {
  return { boot: sample['boot'], up: numberOf(sample['up']), atMs };
}

function openOrMakeAnew(path: string): HistoryStore {
  try {
    return openHistoryStore(path);
  } catch (error) {
    if (!isDamage(error) && !(error instanceof OtherFormatError)) throw error;
    putAside(path);
    return openHistoryStore(path);
  }
}

function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : Number.NaN;
  // The upper bits say more of the same.
  return DAMAGED.has(code & 0xff);
}

/** What is damaged is kept once, for whoever wants to know why; it is as large as history is. */
function putAside(path: string): void {
  renameSync(path, `${path}.damaged.aside`);
  for (const end of ['-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
}

function sizeOf(path: string): number {
  const sizes = ['', '-wal'].map((end) => statSync(`${path}${end}`, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What need not be copied on its way to the main thread. */
function buffersOf(found: Answers[Question['kind']]): ArrayBuffer[] {
  const isSparklines = found !== undefined && 'values' in found && found.values instanceof Float32Array;
  return isSparklines ? [found.values.buffer as ArrayBuffer] : [];
}

run(workerData as HistoryStart, (message, transfer) => parentPort?.postMessage(message, transfer));
