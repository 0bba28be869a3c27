import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoWhenKilled } from './guard.ts';

/** Another drive that can hang: whoever writes to it then waits in the kernel, where no signal reaches him. */
export interface FreezableDrive extends Disposable {
  readonly path: string;
  freeze(): void;
  thaw(): void;
}

/** Why there can be none here, or false: what a test is skipped with. */
export const NO_FREEZABLE_DRIVE =
  process.platform === 'linux' && process.getuid?.() === 0 ? tryOut() : 'mounting needs root on Linux';

/** Mounts an ext4 of 16 MB, in a file. Disposing thaws and unmounts it; what was on it is lost. */
export function mountFreezableDrive(): FreezableDrive {
  const directory = mkdtempSync(join(tmpdir(), 'fleetkeep-freezable-'));
  const [image, path] = [join(directory, 'image'), join(directory, 'drive')];
  run('truncate', '-s', '16M', image);
  run('mkfs.ext4', '-q', image);
  run('mkdir', path);
  undoWhenKilled('umount', '-l', path);
  run('mount', '-o', 'loop', image, path);
  let isFrozen = false;
  const thaw = () => {
    if (isFrozen) run('fsfreeze', '-u', path);
    isFrozen = false;
  };
  return {
    path,
    freeze() {
      undoWhenKilled('fsfreeze', '-u', path);
      run('fsfreeze', '-f', path);
      isFrozen = true;
    },
    thaw,
    [Symbol.dispose]() {
      thaw();
      run('umount', '-l', path);
      rmSync(directory, { recursive: true });
    },
  };
}

function run(program: string, ...args: readonly string[]): void {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  execFileSync(program, args, { stdio: 'ignore', env });
}

function tryOut(): string | false {
  try {
    using drive = mountFreezableDrive();
    drive.freeze();
    return false;
  } catch {
    return 'a file cannot be mounted, or not be frozen, here';
  }
}
