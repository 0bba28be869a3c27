import { stat } from 'node:fs/promises';
import { looksLikeFile } from './looks-like-file.ts';
import type { Mount } from './parse-mountinfo.ts';

/** Tells whether a mount point is a file. May hang when its device does. */
export type IsFile = (mount: Mount) => Promise<boolean>;

/**
 * Asks the kernel below `root`. Only part of a file system can be a file, so nothing else is asked
 * for; where there is nothing at the path (the table is that of another machine), the name decides.
 */
export function isFileBelow(root: string): IsFile {
  return async (mount) => {
    if (mount.root === '/') return false;
    const path = Buffer.concat([
      Buffer.from(root === '/' ? '' : root),
      mount.rawMountPoint ?? Buffer.from(mount.mountPoint),
    ]);
    return await stat(path).then(
      (found) => !found.isDirectory(),
      () => looksLikeFile(mount),
    );
  };
}
