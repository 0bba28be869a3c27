/**
 * A sender within the limits of a small Raspberry Pi, imitated: one core of which it gets a part, 128 MB of memory with the page cache counted, and a
 * disk of its own, so that every sector that reaches it is counted, the file system's journal included.
 *
 *     npm run build && npm run bench:budget -- [--minutes 10] [--core 0.25] [--memory 128] [--sleeptime 1] [--sync 5]
 *
 * Needs root on Linux with control groups (v1 or v2), loop devices and mkfs.ext4; strace for the number of syncs.
 */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NODE_FLAGS } from '../sender/node-flags.ts';
import { guardTest, undoWhenKilled } from '../test/helpers/guard.ts';
import { askBuilt, endAll, preparePlace, startBuilt } from './built-programs.ts';
import { cpuSeconds, memoryMib } from './program-use.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    core: { type: 'string', default: '0.25' },
    memory: { type: 'string', default: '128' },
    sleeptime: { type: 'string', default: '1' },
    sync: { type: 'string', default: '5' },
  },
});
const SECONDS = Number(values.minutes) * 60;
const SLEEPTIME = Number(values.sleeptime);
const WARM_UP_SECONDS = 30;
const STRACE_SECONDS = 60;
const SECTOR_BYTES = 512;
const DISK_BYTES = 512 * 2 ** 20;
const GROUPS = '/sys/fs/cgroup';

/** What a group of processes may use, and what it did. */
interface Group extends Disposable {
  /** Files that a process writes its pid to. */
  readonly entrances: readonly string[];
  /** The most memory that was in use at once, page cache included, bytes; how often the limit was met; how often the kernel killed for it. */
  memory(): { readonly mostBytes: number; readonly kills: number };
}

function makeGroup(memoryBytes: number, core: number): Group {
  const name = `fleetkeep-${process.pid}`;
  const isV2 = existsSync(join(GROUPS, 'cgroup.controllers'));
  const directories = isV2
    ? [join(GROUPS, name)]
    : ['memory', 'cpu'].map((controller) => join(GROUPS, controller, name));
  for (const directory of directories) mkdirSync(directory);
  const [memory = '', cpu = memory] = directories;
  if (isV2) {
    writeFileSync(join(memory, 'memory.max'), String(memoryBytes));
    writeFileSync(join(cpu, 'cpu.max'), `${core * 100_000} 100000`);
  } else {
    writeFileSync(join(memory, 'memory.limit_in_bytes'), String(memoryBytes));
    writeFileSync(join(cpu, 'cpu.cfs_quota_us'), String(core * 100_000));
  }
  const numberIn = (file: string, pattern: RegExp) =>
    Number(pattern.exec(readFileSync(join(memory, file), 'utf8'))?.[1] ?? Number.NaN);
  return {
    entrances: directories.map((directory) => join(directory, 'cgroup.procs')),
    memory: () =>
      isV2
        ? {
            mostBytes: numberIn('memory.peak', /(\d+)/),
            kills: numberIn('memory.events', /^oom_kill (\d+)/m),
          }
        : {
            mostBytes: numberIn('memory.max_usage_in_bytes', /(\d+)/),
            kills: numberIn('memory.oom_control', /^oom_kill (\d+)/m),
          },
    [Symbol.dispose]: () => directories.forEach((directory) => void rmdirSync(directory)),
  };
}

/** A disk in a file, with ext4 as it is made by default. */
function makeDisk(directory: string) {
  const image = join(directory, 'disk.img');
  const path = join(directory, 'disk');
  writeFileSync(image, '');
  truncateSync(image, DISK_BYTES);
  execFileSync('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
  mkdirSync(path);
  const device = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
  undoWhenKilled('losetup', '--detach', device);
  undoWhenKilled('umount', path);
  execFileSync('mount', ['-o', 'noatime', device, path]);
  const stat = `/sys/block/${basename(device)}/stat`;
  return {
    path,
    writtenBytes: () => Number(readFileSync(stat, 'utf8').trim().split(/\s+/)[6]) * SECTOR_BYTES,
    [Symbol.dispose]() {
      execFileSync('umount', [path]);
      execFileSync('losetup', ['--detach', device]);
    },
  };
}

/** How often a process syncs a file within a minute; undefined without strace. */
async function countSyncs(pid: number): Promise<number | undefined> {
  if (spawnSync('strace', ['-V']).error !== undefined) return undefined;
  const calls = ['-f', '-qq', '-e', 'trace=fsync,fdatasync,sync_file_range'];
  guardTest();
  const child = spawn('strace', [...calls, '-p', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await delay(STRACE_SECONDS * 1000);
  child.kill('SIGINT');
  await once(child, 'close');
  return [...text.matchAll(/(fsync|fdatasync|sync_file_range)\(/g)].length;
}

async function startWithin(group: Group, command: readonly string[]) {
  const enter = group.entrances.map((path) => `echo $$ > ${path}; `).join('');
  guardTest();
  const child = spawn('sh', ['-c', `${enter}exec taskset -c 0 "$0" "$@"`, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

using stack = new DisposableStack();
const place = stack.use(preparePlace('budget', 24_965 + (process.pid % 30), 0));
const disk = stack.use(makeDisk(place.directory));
const group = stack.use(makeGroup(Number(values.memory) * 1e6, Number(values.core)));
const config = JSON.parse(readFileSync(place.configPath, 'utf8')) as object;
const sender = { data_directory: join(disk.path, 'sender'), sync_seconds: Number(values.sync) };
writeFileSync(place.configPath, JSON.stringify({ ...config, sleeptime: SLEEPTIME, sender }));

const receiver = await startBuilt(place, 'receiver');
const { code } = JSON.parse(askBuilt(place, 'receiver', 'join-code', '--json')) as { code: string };
const cli = join(import.meta.dirname, '../dist/sender/cli.js');
const args = ['start', '--join', code, '--config', place.configPath];
const startedMs = performance.now();
const child = await startWithin(group, [process.execPath, ...NODE_FLAGS, cli, ...args]);
console.log(`${((performance.now() - startedMs) / 1000).toFixed(1)} s until it samples`);
const pid = child.pid ?? 0;
await delay(WARM_UP_SECONDS * 1000);

const before = { cpu: cpuSeconds(pid), disk: disk.writtenBytes() };
await delay(SECONDS * 1000);
const cpu = cpuSeconds(pid) - before.cpu;
const written = ((disk.writtenBytes() - before.disk) / SECONDS) * 3600;
const { rss } = memoryMib(pid);
const { mostBytes, kills } = group.memory();
const syncs = await countSyncs(pid);
const samples = SECONDS / SLEEPTIME;
const status = JSON.parse(askBuilt(place, 'sender', 'status', '--json')) as {
  log: { end: { offset: number } };
};
console.log(
  `processor: ${((cpu / samples) * 1000).toFixed(1)} ms a sample, ${((cpu / SECONDS) * 100).toFixed(2)} % of a core of which it may have ${Number(values.core) * 100} %`,
);
console.log(
  `memory: ${rss.toFixed(0)} MiB resident; with its page cache at most ${(mostBytes / 1e6).toFixed(0)} of ${values.memory} MB; killed for memory ${kills} times`,
);
console.log(
  `disk: ${(written / 1e6).toFixed(1)} MB an hour reach it, ${((written * 24 * 365) / 1e9).toFixed(0)} GB a year; the log has ${(status.log.end.offset / 1e6).toFixed(2)} MB`,
);
console.log(
  syncs === undefined
    ? 'syncs: strace is not installed'
    : `syncs: ${syncs} in ${STRACE_SECONDS} s, one every ${(STRACE_SECONDS / syncs).toFixed(1)} s`,
);
await endAll([child, receiver]);
