import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { goTo } from '../../data/location.ts';
import { isActing, isTyping } from '../../parts/is-typing.ts';
import { formatRoute } from '../../route.ts';
import type { FleetRow } from './select-nodes.ts';

const MARGIN_PX = 120;

/** Lets j and k walk through the rows and Enter open one; returns the row that is walked to, -1 for none. */
export function useRowKeys(
  rows: readonly FleetRow[],
  body: RefObject<HTMLElement | null>,
  offsets: Float64Array,
): number {
  const [active, setActive] = useState(-1);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (step !== 0) {
        const next = nextNode(rows, active, step);
        setActive(next);
        bringIntoSight(body.current, offsets, next);
      } else if (event.key === 'Enter' && !isActing(event.target)) {
        const row = rows[active];
        if (row?.kind === 'node') goTo(formatRoute('node', row.node.name));
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [rows, active, offsets]);
  return active;
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
