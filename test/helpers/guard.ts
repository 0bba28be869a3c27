import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { LEFT_RUNNING } from '../run/traces.ts';

/** Every process that descends from a guarded test has this variable in its environment; its value is the test's. */
export const MARK = 'FLEETKEEP_GUARDED_BY';

/** Where the guard writes what a test left running when it ended in good order; `.ci/run` fails when there is something. */
const REPORT = LEFT_RUNNING;

const GUARD = join(import.meta.dirname, 'guard.sh');

let input: Socket | undefined;

/**
 * Has everything that this process starts from now on end with it, also when it is killed with SIGKILL, and also what those processes
 * start. A second process sees to that, in a session of its own; it finds them in /proc, so this works on Linux only. Whoever starts a
 * process in a test calls it before; calling it again does nothing. Under tap it is called for every test file.
 *
 * @param report where is written what still runs when this process has ended in good order
 */
export function guardTest(report = REPORT): void {
  if (input !== undefined || process.platform !== 'linux') return;
  const mark = randomUUID();
  const args = [GUARD, `${MARK}=${mark}`, report, process.argv[1] ?? 'a test'];
  const { [MARK]: _, ...env } = process.env;
  const child = spawn('sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/', env });
  child.unref();
  if (!(child.stdin instanceof Socket)) throw new TypeError('a pipe to a process is a socket');
  input = child.stdin;
  input.unref();
  process.env[MARK] = mark;
  process.once('exit', () => child.kill('SIGWINCH'));
}

/** Has a command run when this process is killed, for what outlives its processes: a mount, a network, a user. */
export function undoWhenKilled(...command: readonly string[]): void {
  guardTest();
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  input?.write(`${quoted.join(' ')}\n`);
}
