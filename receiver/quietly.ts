import type { ControlContext } from '../shared/control/serve-client.ts';

/** A client that has gone aborts the work by the signal; what it can no longer be told is no failure of its own. */
export function quietly(progress: ControlContext['progress']): (value: unknown) => void {
  return (value) => void progress(value).catch(() => undefined);
}
