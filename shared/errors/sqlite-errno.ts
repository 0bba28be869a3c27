/** By SQLite's primary result codes (sqlite.org/rescode.html): the system's code that says the same. */
const ERRNO_OF: ReadonlyMap<number, string> = new Map([
  [3, 'EACCES'],
  [7, 'ENOMEM'],
  [8, 'EROFS'],
  [10, 'EIO'],
  [13, 'ENOSPC'],
]);

/** The code of the system for an error of node:sqlite that the machine caused; undefined for every other error. */
export function errnoOfDatabase(error: Error): string | undefined {
  const { errcode } = error as { errcode?: unknown };
  // The low byte is the primary code; extended codes (SQLITE_IOERR_…) are above it.
  return typeof errcode === 'number' ? ERRNO_OF.get(errcode & 0xff) : undefined;
}
