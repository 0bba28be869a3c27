import { useMemo, useRef } from 'preact/hooks';
import { setQuery } from '../../data/location.ts';
import { useMedia } from '../../parts/use-media.ts';
import { useVirtualWindow } from '../../parts/use-virtual-window.ts';
import { SORTS, sortAfterClick } from './fleet-view.ts';
import { NodeRow } from './node-row.tsx';
import type { FleetRow, FleetView } from './select-nodes.ts';
import { useRowKeys } from './use-row-keys.ts';

/** Heights of the rows, px; those in `fleet.css` are the same. */
const HEIGHTS = { wide: { node: 40, group: 40 }, narrow: { node: 88, group: 40 } } as const;

/** How many columns a tag stands over: not more than there are on the narrowest screen, or there would be empty ones. */
const GROUP_COLUMNS = 2;

/** The list of nodes. Only the rows in sight are in the page, so that a thousand cost no more than thirty. */
export function FleetTable({ rows, view }: { rows: readonly FleetRow[]; view: FleetView }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const isNarrow = useMedia('(max-width: 760px)');
  const signature = rows.map(({ kind }) => (kind === 'node' ? 'n' : 'g')).join('');
  const heights = useMemo(() => {
    const height = isNarrow ? HEIGHTS.narrow : HEIGHTS.wide;
    return rows.map(({ kind }) => height[kind]);
  }, [signature, isNarrow]);
  const { first, end, before, after, offsets } = useVirtualWindow(body, heights);
  const active = useRowKeys(rows, body, offsets);
  return (
    <table class="fleet" aria-rowcount={rows.length + 1}>
      <caption class="unseen">Nodes</caption>
      <FleetHead view={view} />
      <tbody ref={body}>
        <Spacer height={before} />
        {rows
          .slice(first, end)
          .map((row, index) =>
            row.kind === 'node' ? (
              <NodeRow
                key={row.key}
                node={row.node}
                index={first + index}
                isActive={first + index === active}
              />
            ) : (
              <GroupRow key={`tag ${row.tag}`} row={row} index={first + index} />
            ),
          )}
        <Spacer height={after} />
      </tbody>
    </table>
  );
}

function FleetHead({ view }: { view: FleetView }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {SORTS.map(({ key, title }) => (
          <th key={key} scope="col" class={`col-${key}`} aria-sort={ariaSort(view, key)}>
            <button type="button" onClick={() => setQuery({ sort: sortAfterClick(view, key) })}>
              {key === 'state' ? <span class="unseen">{title}</span> : title}
              <span class="sort-sign" aria-hidden="true">
                {view.sort === key ? (view.isDescending ? '↓' : '↑') : ''}
              </span>
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}

function GroupRow({ row, index }: { row: Extract<FleetRow, { kind: 'group' }>; index: number }) {
  return (
    <tr class="group-row" aria-rowindex={index + 2}>
      <th scope="colgroup" colSpan={GROUP_COLUMNS}>
        {row.tag === '' ? 'without a tag' : row.tag} <span class="group-count">{row.count}</span>
        {row.troubled > 0 && <span class="group-trouble">{row.troubled} in trouble</span>}
      </th>
    </tr>
  );
}

/** Stands for the rows out of sight. */
function Spacer({ height }: { height: number }) {
  return height === 0 ? null : (
    <tr class="spacer">
      <td style={{ height: `${height}px` }} />
    </tr>
  );
}

function ariaSort(view: FleetView, key: string): 'ascending' | 'descending' | undefined {
  if (view.sort !== key) return undefined;
  return view.isDescending ? 'descending' : 'ascending';
}
