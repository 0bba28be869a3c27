/** What part of time is looked at: the last so and so long, which moves on, or a fixed stretch. */
export type Range =
  | { readonly kind: 'last'; readonly spanMs: number }
  | { readonly kind: 'fixed'; readonly fromMs: number; readonly toMs: number };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

/** The shortest and the longest stretch that can be looked at. */
const LIMITS = { minMs: 10_000, maxMs: 5 * YEAR_MS } as const;

/** The ranges that have a button. */
export const PRESETS: readonly { readonly title: string; readonly spanMs: number }[] = [
  { title: '5 min', spanMs: 5 * MINUTE_MS },
  { title: '1 h', spanMs: HOUR_MS },
  { title: '6 h', spanMs: 6 * HOUR_MS },
  { title: '1 d', spanMs: DAY_MS },
  { title: '7 d', spanMs: 7 * DAY_MS },
  { title: '30 d', spanMs: 30 * DAY_MS },
  { title: '1 y', spanMs: YEAR_MS },
  { title: '5 y', spanMs: 5 * YEAR_MS },
];

/** The words of a range in an address. */
export type RangeQuery = Readonly<Record<'last' | 'from' | 'to', string | undefined>>;

/** Reads `last=3600` (s) or `from=…&to=…` (ms since 1970); anything else is the last hour. */
export function readRange(query: Readonly<Record<string, string>>): Range {
  const fromMs = Number(query['from']);
  const toMs = Number(query['to']);
  if (fromMs > 0 && toMs > fromMs) return fixed(fromMs, toMs);
  const spanMs = Number(query['last']) * 1000;
  return { kind: 'last', spanMs: spanMs > 0 ? clampSpan(spanMs) : HOUR_MS };
}

/** Writes a range for an address. */
export function writeRange(range: Range): RangeQuery {
  if (range.kind === 'last') return { last: String(range.spanMs / 1000), from: undefined, to: undefined };
  return { last: undefined, from: String(Math.round(range.fromMs)), to: String(Math.round(range.toMs)) };
}

/** The stretch that a range means now. */
export function windowOf(range: Range, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  if (range.kind === 'fixed') return { fromMs: range.fromMs, toMs: range.toMs };
  const toMs = Math.ceil(nowMs / 1000) * 1000;
  return { fromMs: toMs - range.spanMs, toMs };
}

/** A fixed stretch, not shorter and not longer than can be looked at. */
export function fixed(fromMs: number, toMs: number): Range {
  const span = clampSpan(toMs - fromMs);
  const middle = (fromMs + toMs) / 2;
  return { kind: 'fixed', fromMs: Math.round(middle - span / 2), toMs: Math.round(middle + span / 2) };
}

/** Makes the range `factor` times as long, about its middle; one that would reach beyond now ends now. */
export function zoom(range: Range, factor: number, nowMs: number): Range {
  const { fromMs, toMs } = windowOf(range, nowMs);
  const span = clampSpan((toMs - fromMs) * factor);
  if (range.kind === 'last') return { kind: 'last', spanMs: span };
  const middle = (fromMs + toMs) / 2;
  const end = Math.min(middle + span / 2, Math.max(nowMs, toMs));
  return fixed(end - span, end);
}

/** Moves the range by `share` of its length, not beyond now; what arrives at now goes on with it. */
export function shift(range: Range, share: number, nowMs: number): Range {
  const { fromMs, toMs } = windowOf(range, nowMs);
  const span = toMs - fromMs;
  const end = toMs + span * share;
  return end >= nowMs ? { kind: 'last', spanMs: span } : fixed(end - span, end);
}

/** How often a moving range is worth reading again, ms: about a tenth of a pixel's worth, but neither hectic nor asleep. */
export function refreshMs(spanMs: number): number {
  return Math.min(60_000, Math.max(2000, spanMs / 600));
}

function clampSpan(spanMs: number): number {
  return Math.min(LIMITS.maxMs, Math.max(LIMITS.minMs, spanMs));
}
