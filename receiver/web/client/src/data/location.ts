import { computed, signal } from '@preact/signals';
import { formatRoute, parseRoute } from '../route.ts';

const hash = signal(location.hash);
const scrolls = new Map<string, number>();

/** Where the reader is. */
export const route = computed(() => parseRoute(hash.value));

/** Follows the address bar, back and forward. */
export function watchLocation(): void {
  history.scrollRestoration = 'manual';
  window.addEventListener('hashchange', () => {
    scrolls.set(hash.peek(), scrollY);
    hash.value = location.hash;
  });
}

/** How far down the reader was when he last left the present address, px. */
export function rememberedScroll(): number {
  return scrolls.get(hash.peek()) ?? 0;
}

/** Goes somewhere; back returns. */
export function goTo(address: string): void {
  location.hash = address;
}

/** Changes entries of the query of the present page, by default without a step that back would return to. */
export function setQuery(
  changes: Readonly<Record<string, string | undefined>>,
  how: 'replace' | 'push' = 'replace',
): void {
  const { page, name, query } = route.peek();
  const address = formatRoute(page, name, { ...query, ...changes });
  if (how === 'push') {
    goTo(address);
    return;
  }
  history.replaceState(null, '', address);
  hash.value = address;
}

/** The node of the present page is called something else: the address says so, without a step that back would return to. */
export function replaceName(name: string): void {
  const { page, query } = route.peek();
  const address = formatRoute(page, name, query);
  history.replaceState(null, '', address);
  hash.value = address;
}
