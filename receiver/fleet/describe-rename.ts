import { formatMoment } from '../../shared/time/format-time.ts';
import type { Rename } from './renames.ts';

/** Says in a hint what the node that is asked for by a former name is called now. */
export function describeRename({ from, to, atMs }: Rename): string {
  return `Node ${from} is called ${to} since ${formatMoment(atMs)}.`;
}
