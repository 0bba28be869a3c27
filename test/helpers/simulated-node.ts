import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type LogPaths, logPaths } from '../../shared/log/log.ts';
import { writeLogMeta } from '../../shared/log/log-meta.ts';
import { newLogId } from '../../shared/log/new-log-id.ts';
import { openLogWriter } from '../../shared/log/open-log-writer.ts';
import { startSealer } from '../../shared/log/sealer.ts';
import { encodeSegmentHeader } from '../../shared/log/segment-header.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';

const GIB = 2 ** 30;

/** A machine that was never built: samples of about forty series that wander as those of a real one do, the same for the same seed. */
export function simulateNode(seed: number): (atMs: number) => string {
  const random = mulberry32(seed);
  const wander = walker(random);
  const cpu = wander(0.08, 0, 0.9, 0.03);
  const io = wander(0.01, 0, 0.2, 0.004);
  const mem = wander(5 * GIB, GIB, 14 * GIB, 20 * 2 ** 20);
  const disk = wander(40 * GIB, 30 * GIB, 90 * GIB, 2 ** 20);
  const temperature = wander(48, 35, 85, 0.4);
  const load = wander(0.5, 0, 6, 0.05);
  const threads = wander(320, 250, 900, 3);
  const counters = { rx: 0, tx: 0, read: 0, write: 0, reads: 0, writes: 0, busy: 0, psi: 0 };
  let last: number | undefined;
  return (atMs) => {
    const seconds = last === undefined ? 1 : (atMs - last) / 1000;
    last = atMs;
    const used = cpu();
    const waiting = io();
    counters.rx += Math.floor(seconds * 40_000 * (0.5 + random()));
    counters.tx += Math.floor(seconds * 9_000 * (0.5 + random()));
    counters.read += Math.floor(seconds * 4096 * Math.floor(random() * 30));
    counters.write += Math.floor(seconds * 4096 * Math.floor(random() * 200));
    counters.reads += Math.floor(seconds * random() * 3);
    counters.writes += Math.floor(seconds * random() * 20);
    counters.busy += seconds * waiting;
    counters.psi += seconds * waiting * random();
    const round = (value: number, digits = 3) => Number(value.toFixed(digits));
    return JSON.stringify({
      t: new Date(atMs).toISOString(),
      up: round((atMs % 1e10) / 1000, 2),
      boot: '5f3a1c2e',
      cpu: {
        n: 4,
        util: {
          idle: round(1 - used - waiting),
          user: round(used * 0.7),
          system: round(used * 0.25),
          iowait: round(waiting),
          softirq: round(used * 0.05),
        },
        time: [round(atMs / 1000, 2), 4470.75, 1992.74, 156.67, 84.16, 9.99],
        core: [[round(used, 2), 0.01], [0.02], [], [0.01, 0.01]],
      },
      load: [round(load(), 2), 0.42, 0.4],
      mem: { total: 16 * GIB, avail: Math.floor(16 * GIB - mem()), cache: 3 * GIB },
      swap: { total: 2 * GIB, used: 41_943_040 },
      paging: [120, 3400, 75_010],
      psi: { cpu: [round(counters.psi)], mem: [], io: [round(counters.psi * 2), round(counters.psi)] },
      fs: {
        '/': [Math.floor(disk()), 60 * GIB, 5 * GIB, 0.03],
        '/boot': [92_274_688, 400_000_000, 0, 0.01],
      },
      disk: {
        sda: [
          counters.read,
          counters.write,
          counters.reads,
          counters.writes,
          round(counters.busy),
          round(counters.busy / 2),
          round(counters.busy),
        ],
      },
      net: { eth0: [counters.rx, counters.tx, Math.floor(counters.rx / 900), Math.floor(counters.tx / 700)] },
      temp: { coretemp: round(temperature(), 1), nvme: 39.9 },
      proc: { n: 187, threads: Math.floor(threads()), run: 1 + Math.floor(random() * 3), blocked: 0 },
      fd: { used: 3390, max: 2_466_170 },
    });
  };
}

/** Begins the log of a node as a receiver's copy has it: one open segment with its first line. */
export async function beginLog(root: string, name: string, atMs: number): Promise<SimulatedLog> {
  const node = parseNodeName(name);
  const paths = logPaths(root, node);
  const log = newLogId(atMs);
  await mkdir(paths.directory, { recursive: true });
  await writeLogMeta(paths, { id: log, bootId: 'boot-1', cleanEnd: undefined, interrupted: [] });
  const file = await open(paths.open, 'a');
  await file.appendFile(encodeSegmentHeader({ log, node, segment: 1, bootId: 'boot-1', atMs }));
  return { paths, file };
}

/** Begins the log of a node as its sender would have done some time ago; the sender then goes on with it, and sends all of it. */
export async function writePast(
  dataDirectory: string,
  name: string,
  seed: number,
  { forMs, stepMs }: { readonly forMs: number; readonly stepMs: number },
): Promise<void> {
  const failed: unknown[] = [];
  const sealer = startSealer({ onError: (_job, error) => failed.push(error) });
  const paths = logPaths(join(dataDirectory, 'logs'), parseNodeName(name));
  const fromMs = Date.now() - forMs;
  await using writer = await openLogWriter({ paths, bootId: 'past', segmentBytes: 2 ** 26, sealer }, fromMs);
  const sample = simulateNode(seed);
  for (let atMs = fromMs; atMs < Date.now() - stepMs; atMs += stepMs) writer.append(sample(atMs), atMs);
  if (failed.length > 0) throw new AggregateError(failed, 'the past could not be sealed');
}

/** A log that was begun with {@link beginLog}. */
export interface SimulatedLog {
  readonly paths: LogPaths;
  readonly file: FileHandle;
}

/** Small random numbers that are the same for the same seed (Tommy Ettinger's mulberry32). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function walker(random: () => number) {
  return (start: number, least: number, most: number, step: number) => {
    let value = start;
    return () => {
      value = Math.min(most, Math.max(least, value + (random() - 0.5) * 2 * step));
      return value;
    };
  };
}
