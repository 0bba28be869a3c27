import { signal } from '@preact/signals';
import { ApiError } from './api.ts';

/** A short word about what was just done, or could not be. */
export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

/** The notices that are shown now, oldest first. */
export const notices = signal<readonly Notice[]>([]);

const SHOWN_MS = { done: 4000, failed: 12_000 } as const;
let nextId = 0;

/** Shows a word for a few seconds. */
export function notify(kind: Notice['kind'], text: string): void {
  const notice = { id: nextId++, kind, text };
  notices.value = [...notices.peek(), notice];
  setTimeout(() => dismiss(notice.id), SHOWN_MS[kind]);
}

/** Takes a notice away. */
export function dismiss(id: number): void {
  notices.value = notices.peek().filter((notice) => notice.id !== id);
}

/**
 * Does something and tells how it went.
 *
 * @param done what to say when it worked; nothing when it shows by itself
 * @returns whether it worked
 */
export async function attempt(act: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await act();
    if (done !== undefined) notify('done', done);
    return true;
  } catch (error) {
    notify('failed', describeError(error));
    return false;
  }
}

/** What went wrong, with what to do about it. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError && error.hint !== undefined) return `${error.message} ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
