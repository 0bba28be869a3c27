import { spawnSync } from 'node:child_process';
import type { DriveKind } from '../../receiver/backup/drive-messages.ts';

/** Pids of the processes that carry out such an order for the program `parent`. */
export function driveProcesses(parent: number, kind: DriveKind): readonly number[] {
  const title = `^fleetkeep-receiver: ${kind}`;
  const { stdout } = spawnSync('pgrep', ['-P', String(parent), '-f', title], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** Whether a process is there: one that has ended is not, also while nobody has asked how. */
export function isThere(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  const state = stdout.trim();
  // Killed while one of its threads waits in the kernel, it is a zombie with threads (l), and holds its files.
  return state !== '' && (!state.startsWith('Z') || state.includes('l'));
}
