import { useState } from 'preact/hooks';
import { formatRoute } from '../../route.ts';
import { formatValue, type Unit } from '../../text/format-value.ts';
import type { RankedNode } from './rank-nodes.ts';

const FIRST = 25;

/** Properties of {@link RankTable}. */
export interface RankTableProps {
  readonly ranked: readonly RankedNode[];
  readonly unit: Unit;
  /** Number of each node's colour in the graph; those without one are not in it. */
  readonly colors: ReadonlyMap<string, number>;
}

/** The nodes in numbers, the greatest mean first. */
export function RankTable({ ranked, unit, colors }: RankTableProps) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? ranked : ranked.slice(0, FIRST);
  return (
    <section class="card rank">
      <table class="list">
        <caption class="unseen">The nodes in numbers</caption>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col" class="number">
              Least
            </th>
            <th scope="col" class="number">
              Mean
            </th>
            <th scope="col" class="number">
              Most
            </th>
            <th scope="col" class="number">
              Last
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, min, mean, max, last }) => (
            <tr key={name}>
              <th scope="row">
                {colors.has(name) && <span class={`swatch swatch-${colors.get(name)}`} />}
                <a href={formatRoute('node', name)}>{name}</a>
              </th>
              <td class="number muted">{formatValue(min, unit)}</td>
              <td class="number">{formatValue(mean, unit)}</td>
              <td class="number muted">{formatValue(max, unit)}</td>
              <td class="number">{formatValue(last, unit)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {ranked.length > shown.length && (
        <button type="button" onClick={() => setWhole(true)}>
          Show all {ranked.length}
        </button>
      )}
    </section>
  );
}
