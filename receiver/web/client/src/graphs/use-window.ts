import { useEffect, useMemo, useState } from 'preact/hooks';
import type { TimeWindow } from '../data/load-series.ts';
import { route } from '../data/location.ts';
import { receiverNow } from '../data/now.ts';
import { type Range, readRange, refreshMs, windowOf } from './range.ts';

/** The range that the address names, and the stretch of time that it means now; one that ends now moves on. */
export function useWindow(): { readonly range: Range; readonly window: TimeWindow } {
  const { query } = route.value;
  const range = useMemo(() => readRange(query), [query['last'], query['from'], query['to']]);
  const [nowMs, setNow] = useState(receiverNow);
  useEffect(() => {
    setNow(receiverNow());
    if (range.kind === 'fixed') return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) setNow(receiverNow());
    }, refreshMs(range.spanMs));
    return () => clearInterval(timer);
  }, [range]);
  const window = useMemo(() => windowOf(range, nowMs), [range, nowMs]);
  return { range, window };
}
