import type { RefObject } from 'preact';
import { useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { rowOffsets, type VirtualWindow, virtualWindow } from './virtual-window.ts';

const SPARE_PX = 400;

/**
 * Follows the scrolling of the page and tells which rows of the list are in sight. Draws anew only when other rows come into sight.
 *
 * @param list the element that holds the rows
 * @param heights height of each row, px; the same array as long as nothing changed
 */
export function useVirtualWindow(
  list: RefObject<HTMLElement | null>,
  heights: readonly number[],
): VirtualWindow & { readonly offsets: Float64Array } {
  const offsets = useMemo(() => rowOffsets(heights), [heights]);
  const measure = () => {
    const top = list.current === null ? 0 : -list.current.getBoundingClientRect().top;
    return virtualWindow(offsets, top, innerHeight, SPARE_PX);
  };
  const [shown, setShown] = useState(measure);
  useLayoutEffect(() => {
    const update = () => setShown((before) => keepEqual(before, measure()));
    update();
    addEventListener('scroll', update, { passive: true });
    addEventListener('resize', update);
    return () => {
      removeEventListener('scroll', update);
      removeEventListener('resize', update);
    };
  }, [offsets]);
  // Rows may have become fewer since it was measured.
  const end = Math.min(shown.end, heights.length);
  return { ...shown, first: Math.min(shown.first, end), end, offsets };
}

function keepEqual(a: VirtualWindow, b: VirtualWindow): VirtualWindow {
  return a.first === b.first && a.end === b.end && a.before === b.before && a.after === b.after ? a : b;
}
