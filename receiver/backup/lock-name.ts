import { createHash } from 'node:crypto';

/**
 * Name of the file, beside `mirror.json` on the receiver's own disk, that is locked by the process which writes to the mirror in `directory`.
 * Each directory has its own: what cannot be ended on a dead drive does not keep the receiver from using another one.
 */
export function lockName(directory: string): string {
  return `mirror-${createHash('sha256').update(directory).digest('hex').slice(0, 8)}.lock.db`;
}
