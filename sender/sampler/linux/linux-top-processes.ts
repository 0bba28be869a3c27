import { closeSync, existsSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../shared/time/clock.ts';
import { type BusiestProcesses, keepLargest, type ProcessUse } from '../busiest-processes.ts';
import { parseAuxv } from './parse-auxv.ts';
import { type PidStatReading, parsePidStat } from './parse-pid-stat.ts';
import { parseStat } from './parse-stat.ts';

/** Beyond this many processes the rest is not looked at. */
const MOST_PROCESSES = 32_768;

/** After so many, other work gets its turn: about half a millisecond. */
const PROCESSES_PER_TURN = 32;

/**
 * Makes a function that reads every process once and tells which used most since its call before.
 */
export function linuxTopProcesses(root: string, clock: Clock): () => Promise<BusiestProcesses> {
  const { pageBytes, ticksPerSecond } = parseAuxv(readOrEmpty(join(root, 'proc/self/auxv')));
  let before: ReadonlyMap<number, number> = new Map();
  let beforeAt = clock.monotonic();

  return async () => {
    const at = clock.monotonic();
    const cores = parseStat(readOrEmpty(join(root, 'proc/stat')))?.online ?? 1;
    const ticksPassed = ((at - beforeAt) / 1000) * ticksPerSecond * Math.max(1, cores);
    const now = new Map<number, number>();
    const cpu: ProcessUse[] = [];
    const mem: ProcessUse[] = [];
    await walkProcesses(join(root, 'proc'), (pid, { name, ticks, startedTicks, rssPages }) => {
      const key = processKey(pid, startedTicks);
      now.set(key, ticks);
      const used = ticks - (before.get(key) ?? 0);
      const use = { pid, name, cpu: ticksPassed > 0 ? used / ticksPassed : 0, rss: rssPages * pageBytes };
      keepLargest(cpu, use, 'cpu');
      keepLargest(mem, use, 'rss');
    });
    before = now;
    beforeAt = at;
    // The busiest of those that one may see would pass for the busiest of all.
    if (!isEveryProcessSeen(join(root, 'proc'))) return { hidden: true, cpu: [], mem: [] };
    const named = (use: ProcessUse) => withProgramName(join(root, 'proc'), use);
    return { cpu: cpu.map(named), mem: mem.map(named) };
  };
}

/**
 * With `hidepid` a user sees only his own processes, or reads only theirs. Process 1 always exists,
 * and is root's.
 */
function isEveryProcessSeen(procDirectory: string): boolean {
  return existsSync(join(procDirectory, '1/stat'));
}

// A pid is used again; with its start it is unique. Linux numbers up to 2^22, so both fit into one
// whole number.
function processKey(pid: number, startedTicks: number): number {
  return startedTicks * 2 ** 22 + pid;
}

async function walkProcesses(
  procDirectory: string,
  visit: (pid: number, reading: PidStatReading) => void,
): Promise<void> {
  const names = await readdir(procDirectory).catch(() => []);
  const pids = names.filter((name) => /^\d{1,7}$/.test(name)).slice(0, MOST_PROCESSES);
  const buffer = Buffer.allocUnsafe(1024);
  for (const [index, pid] of pids.entries()) {
    if (index % PROCESSES_PER_TURN === PROCESSES_PER_TURN - 1) await setImmediate();
    const reading = readProcess(`${procDirectory}/${pid}/stat`, buffer);
    if (reading !== undefined) visit(Number(pid), reading);
  }
}

function readProcess(path: string, buffer: Buffer): PidStatReading | undefined {
  try {
    const fd = openSync(path, 'r');
    try {
      return parsePidStat(buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0)));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined; // ended since the directory was read
  }
}

/**
 * Node calls the main thread of every program `MainThread`; then the name of the executable says
 * more. That link is only for its owner and root to see. (Not the command line: reading that waits
 * for the process's memory lock, which may be for ever.)
 */
function withProgramName(procDirectory: string, use: ProcessUse): ProcessUse {
  if (use.name !== 'MainThread') return use;
  try {
    return { ...use, name: basename(readlinkSync(join(procDirectory, String(use.pid), 'exe'))) };
  } catch {
    return use;
  }
}

function readOrEmpty(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
