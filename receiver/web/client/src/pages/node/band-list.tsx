import type { Band } from '../../data/contract.ts';
import type { TimeWindow } from '../../data/load-series.ts';
import { now } from '../../data/now.ts';
import { fixed } from '../../graphs/range.ts';
import { goToRange } from '../../graphs/range-bar.tsx';
import { formatMoment } from '../../text/format-time.ts';
import { formatDuration } from '../../text/format-value.ts';

const MOST = 30;
const LEAST_MARGIN_MS = 60_000;

/** What went wrong in the range, newest first; each leads to the graphs of that time. */
export function BandList({ bands, window }: { bands: readonly Band[]; window: TimeWindow }) {
  const isInRange = ({ fromMs, toMs }: Band) =>
    fromMs < window.toMs && (toMs ?? Number.POSITIVE_INFINITY) > window.fromMs;
  const newest = bands
    .filter(isInRange)
    .sort((a, b) => b.fromMs - a.fromMs)
    .slice(0, MOST);
  return (
    <section class="card">
      <h2>What happened</h2>
      {newest.length === 0 && <p class="muted">No outage and no alert in this range.</p>}
      <ol class="band-list">
        {newest.map((band) => (
          <li key={`${band.kind} ${band.fromMs} ${band.title}`} class={`band-${band.kind}`}>
            <button type="button" class="plain" onClick={() => showBand(band)}>
              <span class="band-title">{band.title}</span>
              <span class="muted">
                {formatMoment(band.fromMs, now.value)},{' '}
                {band.toMs === null
                  ? `for ${formatDuration(now.value - band.fromMs)} so far`
                  : formatDuration(band.toMs - band.fromMs)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function showBand({ fromMs, toMs }: Band): void {
  const endMs = toMs ?? now.peek();
  const margin = Math.max(LEAST_MARGIN_MS, endMs - fromMs);
  goToRange(fixed(fromMs - margin, endMs + margin));
}
