import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { errnoOf } from '../../shared/errors/errors.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { backoffMs } from '../../shared/time/backoff.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { newPulse } from '../pulse/pulse.ts';
import { type HungOutcome, watchWorker } from '../pulse/watch-worker.ts';
import type { RuleChange } from '../rules/rules.ts';
import type { History, LatestSample, NodeOverview } from './history.ts';
import type {
  Answers,
  FromHistory,
  HistorySettings,
  HistoryStart,
  Question,
  SparklinesAnswer,
  ToHistory,
} from './messages.ts';
import { SPARKLINE_MINUTES, SPARKLINE_SERIES } from './sparklines.ts';

/** Options of {@link startHistory}. */
export interface StartHistoryOptions extends Omit<HistorySettings, 'firing'> {
  /** Asked at every start of the worker: the keys of what rules have raised, and is not over. */
  readonly firing: () => readonly string[];
  /** A rule says something anew. */
  readonly onRule: (change: RuleChange) => void;
  /** What a rule has raised under this key is over, because what it is about is no more. */
  readonly onRuleGone: (key: string) => void;
  /** The worker hung. */
  readonly onHung: (outcome: HungOutcome) => void;
  /** Heap of the worker, MiB. */
  readonly heapMb: number;
  readonly log: Logger;
  /** Of the looks at its pulse. */
  readonly clock?: Clock | undefined;
}

/** A running history, and what it has to be told. */
export interface RunningHistory extends History {
  /** The logs of these nodes have grown. */
  moved(nodes: readonly NodeName[]): void;
  /** The newest sample of a node that is still sending what came before it. */
  live(node: NodeName, line: string): void;
  /** Ends the thread at once, as a crash would. */
  kill(): Promise<void>;
}

/** How long an answer may take, ms. */
const ANSWER_MS = 30_000;

/** How long a stop may take, ms. */
const STOP_MS = 5_000;

/** The worker hangs when its event loop stood still this long, ms. One statement that prunes years from a slow card may well take minutes. */
const HUNG_MS = 15 * 60_000;

/** Questions that may wait at once: more are refused, so that nothing piles up behind a slow disk. */
const MAX_WAITING = 1_000;

const RESTART = { firstMs: 200, maxMs: 60_000 };

/** Starts the worker and keeps it running; resolves at once, since history may need long to catch up. */
export function startHistory(options: StartHistoryOptions): RunningHistory {
  const { log } = options;
  const latest = new Map<NodeName, LatestSample>();
  const listeners = new Set<(samples: readonly LatestSample[]) => void>();
  const waiting = new Map<number, PromiseWithResolvers<Answers[Question['kind']]>>();
  let worker: Worker | undefined;
  let exited: Promise<void> = Promise.resolve();
  let isStopping = false;
  let crashes = 0;
  let asked = 0;
  let timer: NodeJS.Timeout | undefined;

  function launch(): void {
    const { logsRoot, path, keptMs, heapMb, rules, tags } = options;
    const pulse = newPulse();
    const start: HistoryStart = { logsRoot, path, keptMs, rules, tags, firing: options.firing(), pulse };
    const launched = new Worker(new URL(WORKER_FILE, import.meta.url), {
      name: 'history',
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 6 },
    });
    worker = launched;
    watchWorker(launched, {
      ...{ pulse, limitMs: HUNG_MS, clock: options.clock, onOutcome: options.onHung },
      onHung: () => log.error('the history worker hangs; it is ended and started again'),
    });
    launched.on('message', take);
    launched.on('error', (err) => log.error({ err }, 'the history worker failed; it is started again'));
    exited = new Promise((resolve) => {
      launched.once('exit', () => {
        resolve();
        died();
      });
    });
    void nodesIn(logsRoot).then((nodes) => post({ kind: 'moved', nodes, isNews: false }));
  }

  function died(): void {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new Error('history was started again'));
    waiting.clear();
    if (isStopping) return;
    crashes += 1;
    timer = setTimeout(launch, backoffMs(crashes, RESTART));
  }

  function take(message: FromHistory): void {
    switch (message.kind) {
      case 'ready':
        return;
      case 'latest':
        crashes = 0;
        for (const sample of message.samples) latest.set(sample.node, sample);
        for (const listener of listeners) listener(message.samples);
        return;
      case 'rule':
        options.onRule(message.change);
        return;
      case 'rule_gone':
        options.onRuleGone(message.key);
        return;
      case 'answer':
        waiting.get(message.id)?.resolve(message.answer);
        return;
      case 'refused':
        waiting.get(message.id)?.reject(new Error(message.message));
        return;
      case 'trouble':
        log.warn({ node: message.node, error: message.message }, 'a log cannot be read for its history');
        return;
      default:
        message satisfies never;
    }
  }

  function post(message: ToHistory): void {
    worker?.postMessage(message);
  }

  async function ask<Q extends Question>(question: Q): Promise<Answers[Q['kind']]> {
    if (worker === undefined || waiting.size >= MAX_WAITING) throw new Error('history is busy; try again');
    const id = ++asked;
    const answered = Promise.withResolvers<Answers[Question['kind']]>();
    waiting.set(id, answered);
    const limit = setTimeout(() => answered.reject(new Error('history took too long')), ANSWER_MS);
    post({ kind: 'ask', id, question });
    try {
      return (await answered.promise) as Answers[Q['kind']];
    } finally {
      clearTimeout(limit);
      waiting.delete(id);
    }
  }

  launch();

  return {
    moved: (nodes) => post({ kind: 'moved', nodes, isNews: true }),
    live: (node, line) => post({ kind: 'live', node, line }),
    async kill() {
      await worker?.terminate();
    },
    names: (node) => ask({ kind: 'names', node }),
    series: (node, names, range, points) => ask({ kind: 'series', node, names, range, points }),
    overview: async () => overviewOf(await ask({ kind: 'sparklines' })),
    top: (node, atMs) => ask({ kind: 'top', node, atMs }),
    inventory: (node) => ask({ kind: 'inventory', node }),
    newestLines: async () => new Map(await ask({ kind: 'newest_lines' })),
    ruleStates: () => ask({ kind: 'rule_states' }),
    state: () => ask({ kind: 'state' }),
    latest: () => latest,
    onLatest(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      if (isStopping) return;
      isStopping = true;
      clearTimeout(timer);
      post({ kind: 'stop' });
      const limit = setTimeout(() => void worker?.terminate(), STOP_MS);
      // One that a call of the system holds cannot be waited for.
      await Promise.race([exited, delay(2 * STOP_MS, undefined, { ref: false })]);
      clearTimeout(limit);
    },
  };
}

function overviewOf({ nodes, values }: SparklinesAnswer): ReadonlyMap<NodeName, NodeOverview> {
  const size = SPARKLINE_SERIES.length * SPARKLINE_MINUTES;
  return new Map(nodes.map((node, index) => [node, nodeOverview(values, index * size)]));
}

function nodeOverview(values: Float32Array, from: number): NodeOverview {
  const sparklines: Record<string, (number | null)[]> = {};
  SPARKLINE_SERIES.forEach((name, index) => {
    const begin = from + index * SPARKLINE_MINUTES;
    const line = values.subarray(begin, begin + SPARKLINE_MINUTES);
    sparklines[name] = Array.from(line, (value) => (Number.isNaN(value) ? null : coarsely(value)));
  });
  return { sparklines };
}

/** As many digits as a line of some pixels can show. For a thousand nodes it is done 360 000 times, so it has to be simple. */
function coarsely(value: number): number {
  return value >= 1000 ? Math.round(value) : Math.round(value * 1000) / 1000;
}

/** The names of the nodes whose logs lie below a directory. */
async function nodesIn(root: string): Promise<readonly NodeName[]> {
  const names = await readdir(root).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
  const nodes = names.flatMap(
    (name) => /^node-([a-z0-9][a-z0-9-]{0,62})(?:@|\.log$|$)/.exec(name)?.[1] ?? [],
  );
  return [...new Set(nodes)] as NodeName[];
}

/** The same file stands beside this one in the sources and in the built package. */
const WORKER_FILE = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
