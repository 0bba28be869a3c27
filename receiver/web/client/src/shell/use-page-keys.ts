import { useEffect } from 'preact/hooks';
import { goTo } from '../data/location.ts';
import { nextTheme } from '../data/theme.ts';
import { isTyping } from '../parts/is-typing.ts';
import { formatRoute } from '../route.ts';

const PAGES: Readonly<Record<string, string>> = {
  f: 'fleet',
  c: 'compare',
  a: 'alerts',
  o: 'copies',
  n: 'add',
  s: 'settings',
};

const PATIENCE_MS = 1500;

/** Lets `g` and a letter go to a page, and `t` change the colours. */
export function usePageKeys(): void {
  useEffect(() => {
    let goesUntil = 0;
    const press = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const page = PAGES[event.key];
      if (page !== undefined && performance.now() < goesUntil) goTo(formatRoute(page));
      if (event.key === 't') nextTheme();
      goesUntil = event.key === 'g' ? performance.now() + PATIENCE_MS : 0;
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
