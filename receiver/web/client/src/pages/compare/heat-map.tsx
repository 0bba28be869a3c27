import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { CompareAnswer } from '../../data/contract.ts';
import { goTo } from '../../data/location.ts';
import { paint } from '../../data/theme.ts';
import { formatRoute } from '../../route.ts';
import { formatDateTime } from '../../text/format-time.ts';
import { formatValue, type Unit } from '../../text/format-value.ts';
import { heatPixels, type Rgb } from './heat-pixels.ts';
import type { RankedNode } from './rank-nodes.ts';

const ROW = { least: 1, most: 22, goal: 560 } as const;

/** Properties of {@link HeatMap}. */
export interface HeatMapProps {
  readonly answer: CompareAnswer;
  readonly ranked: readonly RankedNode[];
  readonly unit: Unit;
}

/** A row of colours for each node, the greatest on top: a thousand nodes in one look. The table beside it says the same in numbers. */
export function HeatMap({ answer, ranked, unit }: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pointed, setPointed] = useState<{ readonly x: number; readonly y: number }>();
  const width = Math.max(1, answer.timesMs.length);
  const greatest = useMemo(() => ranked.reduce((most, { max }) => Math.max(most, max), 0), [ranked]);
  const top = unit === 'ratio' ? 1 : greatest;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || ranked.length === 0) return;
    const pixels = heatPixels(
      ranked.map(({ column }) => column),
      width,
      top,
      readScale(),
    );
    context.putImageData(new ImageData(pixels, width, ranked.length), 0, 0);
  }, [ranked, width, top, paint.value]);
  const rowHeight = Math.min(ROW.most, Math.max(ROW.least, ROW.goal / ranked.length));
  const node = pointed && ranked[pointed.y];
  const atMs = pointed && answer.timesMs[pointed.x];
  return (
    <div class="heat">
      <p class="heat-words">
        {node && atMs !== undefined ? (
          <>
            <strong>{node.name}</strong> {formatDateTime(atMs)}{' '}
            <strong>{formatValue(node.column[pointed.x], unit)}</strong>
          </>
        ) : (
          <span class="muted">
            A row for each node, the busiest on top; red is {formatValue(top, unit)}. Point at one to read,
            click to open.
          </span>
        )}
      </p>
      <canvas
        ref={canvas}
        width={width}
        height={Math.max(1, ranked.length)}
        role="img"
        aria-label="Values of all nodes as colours; the table says the same in numbers"
        style={{ height: `${rowHeight * ranked.length}px` }}
        onMouseMove={(event) => setPointed(placeOf(event, width, ranked.length))}
        onMouseLeave={() => setPointed(undefined)}
        onClick={(event) => {
          const clicked = ranked[placeOf(event, width, ranked.length).y];
          if (clicked) goTo(formatRoute('node', clicked.name));
        }}
      />
    </div>
  );
}

function placeOf(
  event: MouseEvent,
  columns: number,
  rows: number,
): { readonly x: number; readonly y: number } {
  const { left, top, width, height } = (event.currentTarget as Element).getBoundingClientRect();
  return {
    x: Math.min(columns - 1, Math.floor(((event.clientX - left) / width) * columns)),
    y: Math.min(rows - 1, Math.floor(((event.clientY - top) / height) * rows)),
  };
}

/** The colours of the scale in the present theme. */
function readScale(): readonly Rgb[] {
  const probe = document.createElement('span');
  document.body.append(probe);
  const scale = [1, 2, 3, 4, 5].map((number): Rgb => {
    probe.style.color = `var(--heat-${number})`;
    const [r = 0, g = 0, b = 0] = getComputedStyle(probe).color.match(/\d+/g)?.map(Number) ?? [];
    return [r, g, b];
  });
  probe.remove();
  return scale;
}
