import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { goTo } from '../../data/location.ts';
import { isActing, isTyping } from '../../parts/is-typing.ts';
import { formatRoute } from '../../route.ts';
import type { FleetRow } from './select-nodes.ts';

const MARGIN_PX = 120;

/** Lets j and k, or the arrows from the filter, walk through the rows and Enter open one; returns the row that is walked to, -1 for none. */
export function useRowKeys(
  rows: readonly FleetRow[],
  body: RefObject<HTMLElement | null>,
  offsets: Float64Array,
): number {
  const [active, setActive] = useState(-1);
  // Keys may follow each other faster than the page is drawn.
  const newest = useRef(active);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = stepOf(event);
      if (step !== 0) {
        event.preventDefault();
        const next = nextNode(rows, newest.current, step);
        newest.current = next;
        setActive(next);
        bringIntoSight(body.current, offsets, next);
      } else if (event.key === 'Enter' && (isFilter(event.target) || !isActing(event.target))) {
        // From the filter, the first node is meant when none was walked to.
        const row =
          rows[isFilter(event.target) ? Math.max(newest.current, nextNode(rows, -1, 1)) : newest.current];
        if (row?.kind === 'node') goTo(formatRoute('node', row.node.name));
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [rows, offsets]);
  return active;
}

/** j and k anywhere on the page; the arrows in the filter, so that one can type and then choose. */
function stepOf({ key, target }: KeyboardEvent): -1 | 0 | 1 {
  if (isFilter(target)) return key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  if (isTyping(target)) return 0;
  return key === 'j' ? 1 : key === 'k' ? -1 : 0;
}

function isFilter(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.id === 'fleet-filter';
}

function nextNode(rows: readonly FleetRow[], from: number, step: number): number {
  for (let index = from + step; index >= 0 && index < rows.length; index += step) {
    if (rows[index]?.kind === 'node') return index;
  }
  return from;
}

function bringIntoSight(body: HTMLElement | null, offsets: Float64Array, row: number): void {
  if (body === null || row < 0) return;
  const top = body.getBoundingClientRect().top + (offsets[row] ?? 0);
  const bottom = body.getBoundingClientRect().top + (offsets[row + 1] ?? 0);
  if (top < MARGIN_PX) scrollBy(0, top - MARGIN_PX);
  else if (bottom > innerHeight - MARGIN_PX) scrollBy(0, bottom - innerHeight + MARGIN_PX);
}
