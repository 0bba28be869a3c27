import { useEffect, useRef, useState } from 'preact/hooks';
import type { Band, SeriesAnswer } from '../data/contract.ts';
import { loadSeries, type TimeWindow } from '../data/load-series.ts';
import { formatValue } from '../text/format-value.ts';
import { Chart } from './chart.tsx';
import { cursorMs } from './cursor.ts';
import { lastKnownPoint, pointAt } from './graph-columns.ts';
import type { GraphLine, GraphSpec } from './graph-specs.ts';
import { useInSight } from './use-in-sight.ts';

/** Points asked for: more than one for every other pixel of a graph nobody can see. */
const POINTS = 400;
const HEIGHT = 168;

/** Properties of {@link GraphCard}. */
export interface GraphCardProps {
  readonly node: string;
  readonly spec: GraphSpec;
  readonly window: TimeWindow;
  readonly bands: readonly Band[];
  readonly onSelect: (window: TimeWindow) => void;
}

/** One graph with its title and the values at the cursor. Asks for its series only while it is in sight. */
export function GraphCard({ node, spec, window, bands, onSelect }: GraphCardProps) {
  const card = useRef<HTMLElement>(null);
  const isInSight = useInSight(card);
  const [answer, setAnswer] = useState<SeriesAnswer>();
  const [error, setError] = useState<Error>();
  const names = spec.lines.map(({ series }) => series).join();
  useEffect(() => {
    if (!isInSight) return undefined;
    let isWanted = true;
    loadSeries(node, names.split(','), window, POINTS).then(
      (value) => {
        if (!isWanted) return;
        setAnswer(value);
        setError(undefined);
      },
      (reason: Error) => isWanted && setError(reason),
    );
    return () => {
      isWanted = false;
    };
  }, [node, names, window.fromMs, window.toMs, isInSight]);
  return (
    <section ref={card} class="card graph" id={`graph-${spec.id}`} aria-label={spec.title}>
      <header>
        <h2>{spec.title}</h2>
        {answer && <Legend spec={spec} answer={answer} />}
      </header>
      {answer ? (
        <Chart {...{ spec, answer, window, bands, onSelect }} height={HEIGHT} />
      ) : (
        <div class="chart-space">{error && <p class="problem">{error.message}</p>}</div>
      )}
    </section>
  );
}

/** Each line with its colour and its value at the cursor, or its last one; what is mirrored stands in the entry of its other half. */
function Legend({ spec, answer }: { spec: GraphSpec; answer: SeriesAnswer }) {
  const names = spec.lines.map(({ series }) => series);
  const at = cursorMs.value;
  const index = at === undefined ? lastKnownPoint(answer, names) : pointAt(answer, at);
  return (
    <ul class="legend">
      {spec.lines
        .filter(({ isMirrored }) => !isMirrored)
        .map((line) => (
          <LegendEntry key={line.series} line={line} spec={spec} answer={answer} index={index} />
        ))}
    </ul>
  );
}

interface LegendEntryProps {
  readonly line: GraphLine;
  readonly spec: GraphSpec;
  readonly answer: SeriesAnswer;
  readonly index: number | undefined;
}

function LegendEntry({ line, spec, answer, index }: LegendEntryProps) {
  const read = (series: string) =>
    formatValue(index === undefined ? undefined : answer.series[series]?.mean[index], spec.unit);
  const pair = spec.lines.find((other) => other.isMirrored && other.label === line.label.replace('↑', '↓'));
  return (
    <li>
      <span class={`swatch swatch-${line.color}`} aria-hidden="true" />
      <span class="legend-name">{pair ? line.label.replace(' ↑', '') : line.label}</span>{' '}
      <span class="legend-value">
        {pair && '↑ '}
        {read(line.series)}
      </span>
      {pair && <span class="legend-value"> ↓ {read(pair.series)}</span>}
    </li>
  );
}
