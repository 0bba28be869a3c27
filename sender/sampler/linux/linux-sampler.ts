import { statfs as systemStatfs } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  FileDescriptorGroup,
  PressureGroup,
  ProcessGroup,
  Row,
  Sample,
  StackedGroup,
} from '../../../shared/sample/sample.ts';
import { stackedDisks, stackedInterfaces } from '../../../shared/sample/stacked.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { cpuGroup } from '../cpu-group.ts';
import { encodeSample, MAX_ENTRIES } from '../encode-sample.ts';
import { held } from '../held.ts';
import { row } from '../round.ts';
import type { Sampler } from '../sampler.ts';
import { shortBootId } from '../short-boot-id.ts';
import { type FilesystemWatch, type StatFs, watchFilesystems } from './filesystems.ts';
import { isFileBelow } from './is-file.ts';
import { type Counted, type LayerWatch, watchLayers } from './layers.ts';
import { type LinuxFiles, linuxFiles } from './linux-files.ts';
import { lookAtDisks, lookAtInterfaces } from './look-at-layers.ts';
import { parseAuxv } from './parse-auxv.ts';
import { parseDiskstats } from './parse-diskstats.ts';
import { parseFileNr } from './parse-file-nr.ts';
import { parseLoadavg } from './parse-loadavg.ts';
import { parseMeminfo } from './parse-meminfo.ts';
import { parseNetDev } from './parse-net-dev.ts';
import { parseStat, type StatReading } from './parse-stat.ts';
import { parseUptime } from './parse-uptime.ts';
import { parseVmstat } from './parse-vmstat.ts';
import { watchPressure } from './pressure.ts';
import type { ProcFile } from './proc-file.ts';
import { countProcesses } from './process-count.ts';
import { type SensorWatch, watchSensors } from './sensors.ts';
import { watchArc } from './watch-arc.ts';

/** Options of {@link startLinuxSampler}. */
export interface LinuxSamplerOptions {
  /** The directory that holds `proc/` and `sys/`. */
  readonly root: string;
  readonly clock: Clock;
  /** Default: the system call. */
  readonly statfs?: StatFs | undefined;
}

/** How long the start waits for what may hang, ms. */
const FIRST_ROUND_MS = 2_000;

/** How long a count is kept that not every sample has to take again, ms. */
const COUNT_MS = 10_000;

/** Starts to sample a Linux machine, or a tree that looks like one. */
export async function startLinuxSampler(options: LinuxSamplerOptions): Promise<Sampler> {
  const machine = openMachine(options);
  machine.filesystems.poll();
  machine.sensors.poll();
  machine.interfaces.arrange(read(machine.files.netDev, parseNetDev) ?? []);
  machine.disks.arrange(read(machine.files.diskstats, parseDiskstats) ?? []);
  await settledWithin(FIRST_ROUND_MS, machine);
  let before = read(machine.files.stat, parseStat);
  return {
    sample(atMs) {
      machine.filesystems.poll();
      machine.sensors.poll();
      const stat = read(machine.files.stat, parseStat);
      const sample = takeSample(machine, atMs, before, stat);
      before = stat ?? before;
      return encodeSample(sample);
    },
    [Symbol.asyncDispose]() {
      machine.files[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

interface Machine {
  readonly clock: Clock;
  readonly files: LinuxFiles;
  readonly filesystems: FilesystemWatch;
  readonly sensors: SensorWatch;
  readonly interfaces: LayerWatch;
  readonly disks: LayerWatch;
  readonly processes: () => number | undefined;
  readonly fileDescriptors: () => FileDescriptorGroup | undefined;
  readonly pressure: () => PressureGroup | undefined;
  /** What the cache of ZFS would give back, bytes. */
  readonly arcBytes: () => number | undefined;
  readonly boot: string | undefined;
  readonly ticksPerSecond: number;
}

function openMachine({ root, clock, statfs }: LinuxSamplerOptions): Machine {
  const files = linuxFiles(root);
  return {
    clock,
    files,
    filesystems: watchFilesystems({
      mountinfo: files.mountinfo,
      hostMountinfo: files.hostMountinfo,
      statfs: statfs ?? ((path) => systemStatfs(path)),
      isFile: isFileBelow(root),
      clock,
    }),
    sensors: watchSensors(root, clock),
    interfaces: watchLayers({
      look: (names) => lookAtInterfaces(root, names),
      stackedByName: stackedInterfaces,
      maxEntries: MAX_ENTRIES.net,
      clock,
    }),
    disks: watchLayers({
      look: (names) => lookAtDisks(root, names),
      stackedByName: stackedDisks,
      maxEntries: MAX_ENTRIES.disk,
      clock,
    }),
    processes: held(() => countProcesses(join(root, 'proc')), COUNT_MS, clock),
    fileDescriptors: held(() => read(files.fileNr, parseFileNr), COUNT_MS, clock),
    pressure: watchPressure(files, clock),
    arcBytes: isOwnMemory(files) ? watchArc(files.arcstats, clock) : () => undefined,
    boot: read(files.bootId, (bytes) => shortBootId(bytes.toString('latin1'))),
    ticksPerSecond: parseAuxv(files.auxv.read() ?? Buffer.alloc(0)).ticksPerSecond,
  };
}

/**
 * Whether `meminfo` is that of the whole machine. LXC mounts one of the container over it; the
 * figures of ZFS next to it stay those of the host.
 */
function isOwnMemory(files: LinuxFiles): boolean {
  return read(files.mountinfo, (bytes) => bytes.includes(' /proc/meminfo ')) !== true;
}

async function settledWithin(timeoutMs: number, machine: Machine): Promise<void> {
  const { clock, filesystems, sensors, interfaces, disks } = machine;
  const timeout = new AbortController();
  const settled = Promise.all([filesystems, sensors, interfaces, disks].map((watch) => watch.settled()));
  await Promise.race([settled, clock.sleep(timeoutMs, timeout.signal).catch(() => undefined)]);
  timeout.abort();
}

function takeSample(
  machine: Machine,
  atMs: number,
  before: StatReading | undefined,
  stat: StatReading | undefined,
): Sample {
  const { files, filesystems, sensors } = machine;
  const load = read(files.loadavg, parseLoadavg);
  // One after the other: all files are read into the same buffer.
  const arcBytes = machine.arcBytes();
  const memory = read(files.meminfo, (bytes) => parseMeminfo(bytes, arcBytes));
  const disks = machine.disks.arrange(read(files.diskstats, parseDiskstats) ?? []);
  const interfaces = machine.interfaces.arrange(read(files.netDev, parseNetDev) ?? []);
  return {
    t: new Date(atMs).toISOString(),
    up: read(files.uptime, parseUptime),
    boot: machine.boot,
    cpu: stat === undefined ? {} : cpuGroup(before, stat, machine.ticksPerSecond),
    load: load?.load,
    mem: memory?.memory,
    swap: memory?.swap,
    paging: read(files.vmstat, parseVmstat),
    psi: machine.pressure(),
    fs: filesystems.usage(),
    ro: filesystems.readOnly(),
    disk: byName(disks.entries),
    net: byName(interfaces.entries),
    temp: sensors.values('temp'),
    fan: sensors.values('fan'),
    proc: processGroup(machine.processes(), load?.threads, stat),
    fd: machine.fileDescriptors(),
    stacked: stackedGroup(interfaces.stacked, disks.stacked),
  };
}

function stackedGroup(
  net: readonly string[] | undefined,
  disk: readonly string[] | undefined,
): StackedGroup | undefined {
  return net === undefined && disk === undefined ? undefined : { net, disk };
}

function read<Reading>(file: ProcFile, parse: (bytes: Buffer) => Reading): Reading | undefined {
  const bytes = file.read();
  return bytes === undefined ? undefined : parse(bytes);
}

function processGroup(
  n: number | undefined,
  threads: number | undefined,
  stat: StatReading | undefined,
): ProcessGroup | undefined {
  if (n === undefined && threads === undefined && stat?.running === undefined) return undefined;
  return { n, threads, run: stat?.running, blocked: stat?.blocked };
}

function byName(readings: readonly Counted[]): Record<string, Row> {
  const named: Record<string, Row> = Object.create(null);
  for (const { name, values } of readings) named[name] = row(values, 3);
  return named;
}
