import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramName } from './programs.ts';

const RELEASES = join(import.meta.dirname, '../fixtures/releases');

/** The newest released version whose package is kept, e.g. `0.1.0`. */
export function previousVersion(): string {
  const versions = readdirSync(RELEASES).flatMap(
    (name) => name.match(/^fleetkeep-(\d+\.\d+\.\d+)\.tgz$/)?.[1] ?? [],
  );
  const newest = versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  if (newest === undefined) throw new Error(`${RELEASES} has no package of a release`);
  return newest;
}

/**
 * Unpacks a released package; returns where its programs lie. Its dependencies are those of this checkout, so `directory` has to lie in it.
 */
export function unpackRelease(version: string, directory: string): (program: ProgramName) => string {
  mkdirSync(directory, { recursive: true });
  execFileSync('tar', ['-xzf', join(RELEASES, `fleetkeep-${version}.tgz`), '-C', directory]);
  return (program) => join(directory, 'package/dist', program, 'cli.js');
}
