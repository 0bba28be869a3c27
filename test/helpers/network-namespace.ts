import { execFileSync } from 'node:child_process';
import { undoWhenKilled } from './guard.ts';

/** A network of its own, for processes of this test. Disposing ends what still runs in it and deletes it, devices and all. */
export interface NetworkNamespace extends Disposable {
  readonly name: string;
  /** What stands before a command that is to run in it. */
  readonly prefix: readonly string[];
  /** Runs `ip` in it; what that prints. @throws Error with what `ip` says */
  ip(...args: readonly string[]): string;
}

/** Those of this process that are not deleted yet; a test that ends the process in the middle leaves none behind. */
const ours = new Set<string>();

/** Runs `ip` of iproute2; what that prints. @throws Error with what `ip` says */
export function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' });
}

/** Why no namespace can be made here; undefined when one can. */
export function whyNoNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  try {
    makeNamespace('probe')[Symbol.dispose]();
    return undefined;
  } catch (error) {
    return `network namespaces cannot be made: ${String(error)}`;
  }
}

/**
 * Makes a namespace that is this process's: its name ends in `what`. Those of processes that were killed are deleted first.
 *
 * @throws Error with what `ip` says
 */
export function makeNamespace(what: string): NetworkNamespace {
  sweep();
  const name = `fleetkeep-${process.pid}-${what}`;
  if (ours.size === 0) process.once('exit', removeOurs);
  undoWhenKilled('ip', 'netns', 'del', name);
  ip('netns', 'add', name);
  ours.add(name);
  ip('-n', name, 'link', 'set', 'lo', 'up');
  return {
    name,
    prefix: ['ip', 'netns', 'exec', name],
    ip: (...args) => ip('-n', name, ...args),
    [Symbol.dispose]: () => removeNamespace(name),
  };
}

function removeOurs(): void {
  for (const name of ours) removeNamespace(name);
}

function sweep(): void {
  for (const [name, owner] of ip('netns', 'list').matchAll(/^fleetkeep-(\d+)-\S+/gm)) {
    if (!isAlive(Number(owner))) removeNamespace(name);
  }
}

/**
 * A namespace lives for as long as a process is in it, or a connection that nobody has taken leave of. So the processes go first, and
 * the devices whose other end is outside, which would live as long.
 */
function removeNamespace(name: string): void {
  for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean)) killIfThere(Number(pid));
  for (const [, device = ''] of ip('-n', name, '-o', 'link', 'show', 'type', 'veth').matchAll(
    /^\d+: ([^@:]+)/gm,
  ))
    ip('-n', name, 'link', 'del', device);
  ip('netns', 'del', name);
  ours.delete(name);
  if (ours.size === 0) process.off('exit', removeOurs);
}

function killIfThere(pid: number): void {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
