/**
 * The watcher is watched: while the receiver is well it calls a dead man's switch, in the manner of healthchecks.io. When
 * the calls stay away, because the machine, its network or the receiver is gone, that service tells the administrator.
 *
 *     URL/start   the receiver has started          URL        it is well
 *     URL/fail    it runs and knows that it is not well; the body says why
 *
 * The URL is a secret (whoever has it can keep the switch quiet) and is logged nowhere.
 */

import type { Logger } from '../../shared/logging/logger.ts';
import { type Clock, systemClock } from '../../shared/time/clock.ts';
import { every } from '../../shared/time/every.ts';
import { repeatedFailure } from '../fleet/repeated-failure.ts';

/** How long a call may take, ms; what healthchecks.io recommends. */
const TIMEOUT_MS = 10_000;

/** Longest body, characters. */
const MAX_BODY = 2_000;

/** Options of {@link startHeartbeat}. */
export interface HeartbeatOptions {
  readonly url: string;
  readonly intervalMs: number;
  /** What is wrong with the receiver, in a sentence for each; empty while it is well. */
  readonly troubles: () => readonly string[];
  readonly log: Logger;
  readonly clock?: Clock | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Calls until disposed; disposing ends a call that is under way. */
export function startHeartbeat(options: HeartbeatOptions): AsyncDisposable {
  const { url, intervalMs, troubles, log, timeoutMs = TIMEOUT_MS } = options;
  const clock = options.clock ?? systemClock;
  const failure = repeatedFailure(log, `the dead man's switch at ${new URL(url).host} cannot be called`);
  let hasStarted = false;

  async function call(signal: AbortSignal): Promise<void> {
    const wrong = troubles();
    if (!hasStarted) await post(pathOf(url, 'start'), '', signal);
    hasStarted = true;
    if (wrong.length === 0) await post(url, '', signal);
    else await post(pathOf(url, 'fail'), wrong.join('\n').slice(0, MAX_BODY), signal);
    failure.succeeded();
  }

  async function post(target: string, body: string, stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(target, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'user-agent': 'fleetkeep' },
      signal,
    });
    // The answer says nothing; reading it lets the connection be used again.
    await response.body?.cancel();
    if (!response.ok) throw new Error(`it answered ${response.status}`);
  }

  const calling = every(call, { intervalMs, clock, onError: failure.failed });
  calling.trigger();
  return calling;
}

/** The URL with a word behind its path. */
function pathOf(url: string, word: 'start' | 'fail'): string {
  const target = new URL(url);
  target.pathname = `${target.pathname.replace(/\/+$/, '')}/${word}`;
  return target.href;
}
