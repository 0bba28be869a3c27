import { statfs as systemStatfs } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  FileDescriptorGroup,
  PressureGroup,
  ProcessGroup,
  Row,
  Sample,
} from '../../../shared/sample/sample.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { cpuGroup } from '../cpu-group.ts';
import { encodeSample } from '../encode-sample.ts';
import { held } from '../held.ts';
import { row } from '../round.ts';
import type { Sampler } from '../sampler.ts';
import { shortBootId } from '../short-boot-id.ts';
import { type FilesystemWatch, type StatFs, watchFilesystems } from './filesystems.ts';
import { type LinuxFiles, linuxFiles } from './linux-files.ts';
import { parseAuxv } from './parse-auxv.ts';
import { parseDiskstats } from './parse-diskstats.ts';
import { parseFileNr } from './parse-file-nr.ts';
import { parseLoadavg } from './parse-loadavg.ts';
import { parseMeminfo } from './parse-meminfo.ts';
import { parseNetDev } from './parse-net-dev.ts';
import { parsePressure } from './parse-pressure.ts';
import { parseStat, type StatReading } from './parse-stat.ts';
import { parseUptime } from './parse-uptime.ts';
import { parseVmstat } from './parse-vmstat.ts';
import type { ProcFile } from './proc-file.ts';
import { countProcesses } from './process-count.ts';
import { type SensorWatch, watchSensors } from './sensors.ts';

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

/** How long a count that a sample does not need anew is kept, ms. */
const COUNT_MS = 10_000;

/** The kernel brings its sums of pressure up to date every two seconds: to read them at each of two samples in that time is in vain. */
const PRESSURE_MS = 1_500;

/** Starts to sample a Linux machine, or a tree that looks like one. */
export async function startLinuxSampler(options: LinuxSamplerOptions): Promise<Sampler> {
  const machine = openMachine(options);
  machine.filesystems.poll();
  machine.sensors.poll();
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
  readonly processes: () => number | undefined;
  readonly fileDescriptors: () => FileDescriptorGroup | undefined;
  readonly pressure: () => PressureGroup | undefined;
  readonly boot: string | undefined;
  readonly ticksPerSecond: number;
}

function openMachine({ root, clock, statfs }: LinuxSamplerOptions): Machine {
  const files = linuxFiles(root);
  return {
    clock,
    files,
    filesystems: watchFilesystems(files.mountinfo, statfs ?? ((path) => systemStatfs(path)), clock),
    sensors: watchSensors(root, clock),
    processes: held(() => countProcesses(join(root, 'proc')), COUNT_MS, clock),
    fileDescriptors: held(() => read(files.fileNr, parseFileNr), COUNT_MS, clock),
    pressure: held(() => pressureGroup(files), PRESSURE_MS, clock),
    boot: read(files.bootId, (bytes) => shortBootId(bytes.toString('latin1'))),
    ticksPerSecond: parseAuxv(files.auxv.read() ?? Buffer.alloc(0)).ticksPerSecond,
  };
}

async function settledWithin(timeoutMs: number, { clock, filesystems, sensors }: Machine): Promise<void> {
  const timeout = new AbortController();
  const settled = Promise.all([filesystems.settled(), sensors.settled()]);
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
  const memory = read(files.meminfo, parseMeminfo);
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
    disk: read(files.diskstats, (bytes) => byName(parseDiskstats(bytes))),
    net: read(files.netDev, (bytes) => byName(parseNetDev(bytes))),
    temp: sensors.values('temp'),
    fan: sensors.values('fan'),
    proc: processGroup(machine.processes(), load?.threads, stat),
    fd: machine.fileDescriptors(),
  };
}

function read<Reading>(file: ProcFile, parse: (bytes: Buffer) => Reading): Reading | undefined {
  const bytes = file.read();
  return bytes === undefined ? undefined : parse(bytes);
}

function pressureGroup(files: LinuxFiles): PressureGroup | undefined {
  const cpu = pressureRow(files.pressureCpu);
  const mem = pressureRow(files.pressureMemory);
  const io = pressureRow(files.pressureIo);
  return cpu === undefined && mem === undefined && io === undefined ? undefined : { cpu, mem, io };
}

function pressureRow(file: ProcFile): Row | undefined {
  const values = read(file, parsePressure);
  return values === undefined ? undefined : row(values, 3);
}

function processGroup(
  n: number | undefined,
  threads: number | undefined,
  stat: StatReading | undefined,
): ProcessGroup | undefined {
  if (n === undefined && threads === undefined && stat?.running === undefined) return undefined;
  return { n, threads, run: stat?.running, blocked: stat?.blocked };
}

function byName(
  readings: readonly { readonly name: string; readonly values: readonly number[] }[],
): Record<string, Row> {
  const named: Record<string, Row> = Object.create(null);
  for (const { name, values } of readings) named[name] = row(values, 3);
  return named;
}
