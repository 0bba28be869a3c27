import { isJsonObject, valueAt } from '../../../../shared/config/dotted.ts';

/** The longest wait that another server may impose, ms; docs/alerts.md says so. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/** Where services put it in their JSON, in seconds: Discord and Slack-like ones, Telegram. */
const IN_BODY: readonly (readonly string[])[] = [['retry_after'], ['parameters', 'retry_after']];

/** Where it stands in headers, in seconds: the standard one, and Discord's more exact one. */
const IN_HEADERS = ['retry-after', 'x-ratelimit-reset-after'] as const;

/**
 * How long an HTTP answer asks to wait before the next request, ms from now: the longest that it names, and no more than
 * {@link MAX_RETRY_AFTER_MS}. Undefined when it names none, or nothing that can be read.
 *
 * @param body what was read of it
 * @param nowMs ms since 1970, for a date where the answer has none of its own
 */
export function retryAfterMs(headers: Headers, body: string, nowMs: number): number | undefined {
  const waits = [
    ...IN_HEADERS.map((name) => secondsOf(headers.get(name))),
    dateOf(headers, nowMs),
    ...inBody(body),
  ].filter((ms) => ms !== undefined);
  return waits.length === 0 ? undefined : Math.min(Math.max(...waits), MAX_RETRY_AFTER_MS);
}

function secondsOf(value: unknown): number | undefined {
  const isNumber =
    typeof value === 'number' || (typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value));
  const seconds = isNumber ? Number(value) : Number.NaN;
  return seconds >= 0 ? Math.ceil(seconds * 1000) : undefined;
}

/** An HTTP date (RFC 9110, section 10.2.3), by the clock of the other side where that is told. */
function dateOf(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get('retry-after') ?? '';
  const atMs = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  const theirNowMs = Date.parse(headers.get('date') ?? '');
  const waitMs = atMs - (Number.isNaN(theirNowMs) ? nowMs : theirNowMs);
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

function inBody(body: string): readonly (number | undefined)[] {
  try {
    const json: unknown = JSON.parse(body);
    return isJsonObject(json) ? IN_BODY.map((path) => secondsOf(valueAt(json, path))) : [];
  } catch {
    return [];
  }
}
