import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoWhenKilled } from './guard.ts';

/** Another drive: a small file system in memory, mounted. */
export interface Drive {
  readonly path: string;
  unmount(): void;
  mount(): void;
  /** As a drive after an error: the kernel writes nothing more to it. */
  makeReadOnly(): void;
}

/** What {@link mountDrive} needs of a test. */
interface Test {
  teardown(handler: () => void): void;
}

/** Why no drive can be mounted here, or false: what a test is skipped with. */
export const NO_DRIVE =
  process.platform === 'linux' && process.getuid?.() === 0 ? canMount() : 'mounting needs root on Linux';

/**
 * Mounts a drive of `megabytes` for one test. What was on it is lost when it is unmounted.
 *
 * @param inodes how many files and directories fit, its own directory included
 */
export function mountDrive(t: Test, megabytes: number, inodes = 100_000): Drive {
  const path = mkdtempSync(join(tmpdir(), 'fleetkeep-drive-'));
  const options = `size=${megabytes}m,nr_inodes=${inodes}`;
  const mount = () => void execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  const unmount = () => void execFileSync('umount', ['-l', path]);
  undoWhenKilled('umount', '-l', path);
  mount();
  let isMounted = true;
  t.teardown(() => {
    if (isMounted) unmount();
    rmdirSync(path, { recursive: false });
  });
  return {
    path,
    mount() {
      mount();
      isMounted = true;
    },
    unmount() {
      unmount();
      isMounted = false;
    },
    makeReadOnly: () => void execFileSync('mount', ['-o', 'remount,ro', path]),
  };
}

function canMount(): string | false {
  const path = mkdtempSync(join(tmpdir(), 'fleetkeep-drive-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', path], { stdio: 'ignore' });
    execFileSync('umount', [path]);
    return false;
  } catch {
    return 'mounting is not allowed here';
  } finally {
    rmdirSync(path);
  }
}
