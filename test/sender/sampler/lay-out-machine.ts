import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { FilesystemSpace } from '../../../sender/sampler/linux/space.ts';

const MACHINES = join(import.meta.dirname, '../../fixtures/proc');

/** A machine below `test/fixtures/proc`. */
export type MachineName = 'raspberry-pi' | 'server' | 'container' | 'laptop';

/** Copies the tree of a machine to where a test may change it, and returns its root. */
export function layOutMachine(t: Test, machine: MachineName): string {
  const root = t.testdir();
  cpSync(join(MACHINES, machine), root, { recursive: true, verbatimSymlinks: true });
  return root;
}

/** Lays over the tree what has changed one second later. The files stay the same files. */
export function oneSecondLater(root: string, machine: MachineName): void {
  cpSync(join(MACHINES, machine, 'later'), root, { recursive: true });
}

/** Space as the machines' file systems have it: vfat and exfat have neither inodes nor a reserve, btrfs no inodes. */
export function fixtureStatfs(mountPoint: string | Buffer): Promise<FilesystemSpace> {
  const path = String(mountPoint);
  const none = { files: 0, ffree: 0 };
  if (path.startsWith('/boot')) {
    return Promise.resolve({ bsize: 4096, blocks: 130_812, bfree: 129_277, bavail: 129_277, ...none });
  }
  if (path.startsWith('/media/anna')) {
    return Promise.resolve({
      bsize: 131_072,
      blocks: 7_630_000,
      bfree: 1_812_345,
      bavail: 1_812_345,
      ...none,
    });
  }
  const space = { bsize: 4096, blocks: 121_912_320, bfree: 50_000_000, bavail: 44_000_000 };
  return Promise.resolve({ ...space, files: 30_000_000, ffree: 28_000_000 });
}

/** What a line of the log holds. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks into it as a reader with jq would
export function parseLine(line: string): any {
  return JSON.parse(line);
}
