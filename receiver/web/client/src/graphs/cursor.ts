import { signal } from '@preact/signals';

/** The time under the pointer, ms since 1970; the same for all graphs of a page. Undefined when the pointer is elsewhere. */
export const cursorMs = signal<number | undefined>(undefined);
