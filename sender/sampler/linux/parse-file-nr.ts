import type { FileDescriptorGroup } from '../../../shared/sample/sample.ts';

/**
 * Open files, from `/proc/sys/fs/file-nr`: allocated, free (0 since Linux 2.6), limit. systemd sets the limit to 2^63 - 1, which
 * is none.
 */
export function parseFileNr(bytes: Buffer): FileDescriptorGroup | undefined {
  const [allocated, , limit] = bytes.toString('latin1', 0, 128).trim().split(/\s+/);
  const used = wholeNumber(allocated);
  return used === undefined ? undefined : { used, max: wholeNumber(limit) };
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
