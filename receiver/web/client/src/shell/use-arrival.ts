import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { firingCount } from '../data/firing.ts';
import { rememberedScroll, route } from '../data/location.ts';

/**
 * Does on a page within the page what browsers do on a new one: the window has its name, the focus is on it, and it is scrolled to where
 * one was before.
 *
 * @param titleOf name of a page by its word in the address
 */
export function useArrival(titleOf: (page: string) => string): void {
  const { page, name, query } = route.value;
  const place = `${page}/${name}/${query['tab']}`;
  const last = useRef(place);
  useLayoutEffect(() => {
    if (last.current === place) return;
    last.current = place;
    document.getElementById('main')?.focus({ preventScroll: true });
    scrollTo(0, rememberedScroll());
  }, [place]);
  const firing = firingCount.value;
  useEffect(() => {
    const title = name ?? titleOf(page);
    document.title = `${firing > 0 ? `(${firing}) ` : ''}${title} – Fleetkeep`;
  }, [page, name, firing]);
}
