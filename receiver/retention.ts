import { readdir } from 'node:fs/promises';
import { logPaths } from '../shared/log/log.ts';
import { applyRetention, type RetentionLimits } from '../shared/log/retention.ts';
import type { Logger } from '../shared/logging/logger.ts';
import { parseNodeName } from '../shared/names/node-name.ts';
import { systemClock } from '../shared/time/clock.ts';
import { type Every, every } from '../shared/time/every.ts';

/** Options of {@link startRetention}. */
export interface RetentionOptions {
  readonly logsRoot: string;
  /** Of each node's live log; what is not given is kept for ever. */
  readonly limits: RetentionLimits;
  readonly log: Logger;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Drops sealed segments of the live logs that are beyond the configured age or bytes, once an hour. */
export function startRetention({ logsRoot, limits, log }: RetentionOptions): Every {
  return every(
    async (signal) => {
      if (limits.maxAgeMs === undefined && limits.maxBytes === undefined) return;
      for (const name of await readdir(logsRoot)) {
        signal.throwIfAborted();
        const node = /^node-([a-z0-9-]+)$/.exec(name)?.[1];
        if (node === undefined) continue;
        const paths = logPaths(logsRoot, parseNodeName(node));
        const dropped = await applyRetention(paths, limits, Infinity, systemClock.now());
        if (dropped.length > 0) log.info({ node, dropped }, 'old segments dropped');
      }
    },
    { intervalMs: HOUR_MS, onError: (err) => log.error({ err }, 'retention failed') },
  );
}

/** The limits of a copy as config.json gives them, in the log's units. */
export function retentionLimitsOf(configured: {
  readonly days?: number | undefined;
  readonly bytes?: number | undefined;
}): RetentionLimits {
  const { days, bytes } = configured;
  return { maxAgeMs: days === undefined ? undefined : days * DAY_MS, maxBytes: bytes };
}
