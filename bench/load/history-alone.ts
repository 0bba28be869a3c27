import { pino } from 'pino';
import { type RunningHistory, startHistory } from '../../receiver/history/start-history.ts';
import { until } from '../../test/helpers/until.ts';

// The receiver's history without the receiver: its worker takes in the logs that lie in a directory.

const DAY_MS = 86_400_000;
const KEPT_MS = [7, 30, 365, 1825].map((days) => days * DAY_MS);

/** Starts the worker; without rules. */
export function startHistoryAlone(logsRoot: string, path: string): RunningHistory {
  return startHistory({
    ...{ logsRoot, path, keptMs: KEPT_MS, heapMb: 512, log: pino({ level: 'warn' }) },
    ...{ rules: [], tags: {}, firing: () => [], onRule: () => undefined, onRuleGone: () => undefined },
    onHung: () => undefined,
  });
}

/** Resolves when as many samples have been taken in since the start, within five minutes. */
export async function caughtUp(history: RunningHistory, samples: number): Promise<void> {
  await until(async () => (await history.state()).lines === samples, {
    timeoutMs: 300_000,
    what: 'history to catch up',
  });
}
