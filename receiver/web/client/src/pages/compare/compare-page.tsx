import { useMemo } from 'preact/hooks';
import { getJson } from '../../data/api.ts';
import type { CompareAnswer, SeriesAnswer, SeriesFamily } from '../../data/contract.ts';
import { route, setQuery } from '../../data/location.ts';
import { useResource } from '../../data/use-resource.ts';
import { Chart } from '../../graphs/chart.tsx';
import type { GraphSpec } from '../../graphs/graph-specs.ts';
import { fixed } from '../../graphs/range.ts';
import { goToRange, RangeBar } from '../../graphs/range-bar.tsx';
import { useWindow } from '../../graphs/use-window.ts';
import { readUnit, type Unit } from '../../text/format-value.ts';
import { CompareChoice } from './compare-choice.tsx';
import { HeatMap } from './heat-map.tsx';
import { type RankedNode, rankNodes } from './rank-nodes.ts';
import { RankTable } from './rank-table.tsx';

/** With more nodes than this, colours could not be told apart. */
const COLORS = 8;
const POINTS = 240;
/** A thousand nodes need not be read every other second. */
const GRAIN_MS = 10_000;
const HEIGHT = 440;

/** One metric of many nodes. */
export function ComparePage() {
  const { query } = route.value;
  const metric = query['metric'] ?? 'cpu.used';
  const chosen = useMemo(() => (query['nodes'] ?? '').split(',').filter(Boolean), [query['nodes']]);
  const { range, window } = useWindow();
  const { value: families = [] } = useResource<readonly SeriesFamily[]>(
    (signal) => getJson('/series-families', signal),
    'families',
  );
  const params = new URLSearchParams({
    name: metric,
    nodes: chosen.join(',') || '*',
    points: String(POINTS),
  });
  const isComplete = !metric.endsWith(':');
  const { value: answer, error } = useResource<CompareAnswer | undefined>(
    async (signal) =>
      isComplete
        ? getJson(`/compare?${params}&fromMs=${window.fromMs}&toMs=${window.toMs}`, signal)
        : undefined,
    String(params),
    [range, range.kind === 'last' ? Math.floor(window.toMs / GRAIN_MS) : ''],
  );
  const unit = unitOf(families, metric);
  const ranked = useMemo(() => (answer === undefined ? [] : rankNodes(answer)), [answer]);
  const view = query['view'] ?? (ranked.length > COLORS ? 'heat' : 'lines');
  return (
    <div class="compare-page">
      <h1 class="unseen">Compare</h1>
      <CompareChoice families={families} metric={metric} chosen={chosen} />
      <RangeBar range={range} window={window} />
      {error && <p class="problem">{error.message}</p>}
      {!isComplete && <p class="nothing">Say which mount, device, interface or sensor.</p>}
      {answer && ranked.length === 0 && <p class="nothing">No node has this series in this range.</p>}
      {answer && ranked.length > 0 && (
        <div class="compare-columns">
          <section class="card" aria-label="Graph">
            <ViewSwitch view={view} />
            {view === 'heat' ? (
              <HeatMap answer={answer} ranked={ranked} unit={unit} />
            ) : (
              <Chart
                spec={specOf(ranked, unit)}
                answer={asSeries(answer)}
                window={window}
                bands={NO_BANDS}
                height={HEIGHT}
                onSelect={({ fromMs, toMs }) => goToRange(fixed(fromMs, toMs))}
              />
            )}
          </section>
          <RankTable ranked={ranked} unit={unit} colors={view === 'heat' ? NO_COLORS : colorsOf(ranked)} />
        </div>
      )}
    </div>
  );
}

function ViewSwitch({ view }: { view: string }) {
  return (
    <fieldset class="choices">
      <legend class="unseen">Drawn as</legend>
      <button type="button" aria-pressed={view === 'lines'} onClick={() => setQuery({ view: 'lines' })}>
        Lines
      </button>
      <button type="button" aria-pressed={view === 'heat'} onClick={() => setQuery({ view: 'heat' })}>
        Heat map
      </button>
    </fieldset>
  );
}

const NO_BANDS = [] as const;
const NO_COLORS: ReadonlyMap<string, number> = new Map();

function unitOf(families: readonly SeriesFamily[], metric: string): Unit {
  const name = metric.replace(/:.*$/s, ':*');
  return readUnit(families.find((family) => family.name === name)?.unit);
}

/** The greatest have colours; the others are grey and lie below them. */
function colorsOf(ranked: readonly RankedNode[]): ReadonlyMap<string, number> {
  return new Map(ranked.slice(0, COLORS).map(({ name }, index) => [name, index + 1]));
}

function specOf(ranked: readonly RankedNode[], unit: Unit): GraphSpec {
  const colors = colorsOf(ranked);
  const lines = ranked
    .map(({ name }) => ({
      ...{ series: name, label: name, color: colors.get(name) ?? 0 },
      isFaint: !colors.has(name),
    }))
    .reverse();
  return {
    id: 'compare',
    title: 'Comparison',
    unit,
    kind: 'lines',
    lines,
    ...(unit === 'ratio' && { atLeast: 1 }),
  };
}

function asSeries({ stepMs, timesMs, nodes }: CompareAnswer): SeriesAnswer {
  const series = Object.entries(nodes).map(([name, mean]) => [name, { mean, min: mean, max: mean }]);
  return { stepMs, timesMs, series: Object.fromEntries(series) };
}
