import { effect, signal } from '@preact/signals';

/** What the switch offers; `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'fleetkeep-theme';
const ORDER = ['auto', 'light', 'dark'] as const satisfies readonly Theme[];
const system = matchMedia('(prefers-color-scheme: dark)');

/** What was chosen. */
export const theme = signal<Theme>(ORDER.find((name) => name === localStorage.getItem(KEY)) ?? 'auto');

/** Changes whenever colours do, so that canvases are drawn again. */
export const paint = signal(0);

/** Keeps the page in the chosen theme. */
export function watchTheme(): void {
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
    localStorage.setItem(KEY, theme.value);
    paint.value = paint.peek() + 1;
  });
  system.addEventListener('change', () => paint.value++);
}

/** The next of auto, light, dark. */
export function nextTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.peek()) + 1) % ORDER.length] ?? 'auto';
}
