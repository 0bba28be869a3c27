import { signal } from '@preact/signals';
import type { ProgressEvent } from './contract.ts';
import { onEvent } from './events.ts';

/** Work on the copies that goes on, or just ended. */
export const progress = {
  mirror: signal<ProgressEvent | undefined>(undefined),
  verify: signal<ProgressEvent | undefined>(undefined),
} as const;

/** Follows the work until the result is called. */
export function followProgress(): () => void {
  const stops = (['mirror', 'verify'] as const).map((name) =>
    onEvent(name, (data) => {
      progress[name].value = data as ProgressEvent;
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}
