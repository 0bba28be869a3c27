import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatBytes, formatRatio } from '../cli/format.ts';
import { explainErrno } from '../errors/errno-words.ts';
import { describeError, errnoOf } from '../errors/errors.ts';
import { type Finding, fine, problem, warning } from './finding.ts';

const LOW = 0.1;
const VERY_LOW = 0.02;

/** Types of file systems in which the kernel shows itself, proc and sysfs: root may write there, but make nothing. See statfs(2). */
const KERNEL_TYPES: ReadonlySet<number> = new Set([0x9f_a0, 0x62_65_65_72]);

/** Whether a directory can be written, or made, and how much room there is. */
export async function checkDirectory(subject: string, path: string): Promise<Finding> {
  try {
    const place = await nearest(path);
    await access(place, constants.W_OK | constants.X_OK);
    const { type, bavail, blocks, bsize, files, ffree } = await statfs(place);
    if (process.platform === 'linux' && KERNEL_TYPES.has(type)) throw new Error('nothing can be kept there');
    const share = blocks === 0 ? 1 : bavail / blocks;
    const room = blocks === 0 ? 'room unknown' : `${formatBytes(bavail * bsize)} free, ${formatRatio(share)}`;
    const text = `${path}${place === path ? '' : ' (will be made)'}, ${room}`;
    // Some file systems, such as btrfs, have no fixed number of inodes and say 0 of 0.
    const inodes = files === 0 ? 1 : ffree / files;
    if (inodes < VERY_LOW)
      return problem(
        subject,
        `${text}; ${ffree} of ${files} inodes free`,
        'Remove files: no new one can be made.',
      );
    if (share < VERY_LOW) return problem(subject, text, 'Make room; a full disk stops the log.');
    if (share < LOW) return warning(subject, text, 'Make room before it is full.');
    return fine(subject, text);
  } catch (error) {
    const errno = errnoOf(error);
    const reason = errno === 'EACCES' ? 'this user may not write it' : describeError(error);
    const hint =
      errno === 'EROFS' || errno === 'EIO'
        ? explainErrno(errno).hint
        : 'Run as a user who may, or name another directory in config.json.';
    return problem(subject, `${path}: ${reason}`, hint);
  }
}

/** The path itself if it is there, else the nearest directory above that is. */
async function nearest(path: string): Promise<string> {
  try {
    if ((await stat(path)).isDirectory()) return path;
    throw new Error('it is no directory');
  } catch (error) {
    const above = dirname(path);
    if (errnoOf(error) !== 'ENOENT' || above === path) throw error;
    return await nearest(above);
  }
}
