import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Band, SeriesAnswer } from '../data/contract.ts';
import type { TimeWindow } from '../data/load-series.ts';
import { paint } from '../data/theme.ts';
import { chartData, chartOptions } from './chart-options.ts';
import { cursorMs } from './cursor.ts';
import { drawBands } from './draw-bands.ts';
import { drawnColumns } from './graph-columns.ts';
import type { GraphSpec } from './graph-specs.ts';
import { readColors } from './read-colors.ts';
import { moveCursor, watchTouch } from './steer-cursor.ts';

/** Properties of {@link Chart}. */
export interface ChartProps {
  readonly spec: GraphSpec;
  readonly answer: SeriesAnswer;
  readonly window: TimeWindow;
  readonly bands: readonly Band[];
  readonly height: number;
  /** Is told when a stretch was dragged over. */
  readonly onSelect: (window: TimeWindow) => void;
}

/** A graph on a canvas. It is made anew when its lines or the colours change, and only fed when its values do. */
export function Chart(props: ChartProps) {
  const { spec, answer, window, height } = props;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const columns = drawnColumns(spec, answer);
  const shape = columns.map(({ line, spread }) => `${line.series}${spread ? '±' : ''}`).join();

  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return;
    const colors = readColors();
    const hooks: uPlot.Hooks.Arrays = {
      drawClear: [(u) => drawBands(u, latest.current.bands, colors)],
      setCursor: [publishCursor],
      setSelect: [(u) => select(u, latest.current.onSelect)],
    };
    const setup = { spec, columns, colors, syncKey: 'time', hooks };
    const made = new uPlot(chartOptions(setup, element.clientWidth, height), undefined, element);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    const stopTouch = watchTouch(made);
    return () => {
      observer.disconnect();
      stopTouch();
      made.destroy();
      chart.current = undefined;
    };
  }, [shape, paint.value, height]);

  useEffect(() => {
    const { current } = chart;
    current?.batch(() => {
      current.setData(chartData(answer.timesMs, columns), false);
      current.setScale('x', { min: window.fromMs, max: window.toMs });
    });
  }, [answer, window.fromMs, window.toMs, shape, paint.value, height, props.bands]);

  return (
    <div
      ref={host}
      class="chart"
      role="img"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the cursor over what is drawn
      tabIndex={0}
      aria-label={`${spec.title}: arrow keys move the cursor`}
      onKeyDown={(event) => chart.current && moveCursor(chart.current, event)}
    />
  );
}

/** The chart under the pointer tells; those that only follow it say the same. */
function publishCursor(chart: uPlot): void {
  const { left } = chart.cursor;
  cursorMs.value = left === undefined || left < 0 ? undefined : chart.posToVal(left, 'x');
}

function select(chart: uPlot, onSelect: (window: TimeWindow) => void): void {
  const { left, width } = chart.select;
  // The selection is shared like the cursor; only the chart that was dragged over acts.
  if (width < 4 || !chart.over.matches(':hover')) return;
  const window = { fromMs: chart.posToVal(left, 'x'), toMs: chart.posToVal(left + width, 'x') };
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onSelect(window);
}
