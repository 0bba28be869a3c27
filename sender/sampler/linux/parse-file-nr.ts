import { isFileCount } from '../../../shared/sample/limits.ts';
import type { FileDescriptorGroup } from '../../../shared/sample/sample.ts';

const PATTERN = /^(\d{1,15})\s+\d+\s+(\d+)/;

/**
 * Open files, from `/proc/sys/fs/file-nr`: allocated, free (0 since Linux 2.6), limit. systemd sets the limit to 2^63 - 1, which
 * is none.
 */
export function parseFileNr(bytes: Buffer): FileDescriptorGroup | undefined {
  const match = PATTERN.exec(bytes.toString('latin1', 0, 128));
  if (match === null) return undefined;
  const [used, max] = [Number(match[1]), Number(match[2])];
  if (!isFileCount(used)) return undefined;
  return { used, max: Number.isSafeInteger(max) ? max : undefined };
}
