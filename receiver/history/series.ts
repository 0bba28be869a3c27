/** How a series is told to people. Ratios are 0–1. */
export type Unit = 'ratio' | 'bytes' | 'bytes/s' | '1/s' | 'celsius' | 'rpm' | 'seconds' | 'count';

/** A family of series: one, or one for each mount, device, interface or sensor, whose name then stands for `*`. */
export interface SeriesFamily {
  /** Such as `cpu.user`, `fs.used:*` (`fs.used:/var`). */
  readonly name: string;
  readonly unit: Unit;
  readonly title: string;
}

/**
 * Every series that history keeps. A name is a dotted word; what comes after a colon is the mount point, device, interface or sensor
 * as the log names it. Those of counters are rates per second over the time between two samples.
 */
export const SERIES_FAMILIES: readonly SeriesFamily[] = [
  { name: 'cpu.used', unit: 'ratio', title: 'CPU, all modes but idle and iowait' },
  { name: 'cpu.user', unit: 'ratio', title: 'CPU, user' },
  { name: 'cpu.system', unit: 'ratio', title: 'CPU, system' },
  { name: 'cpu.iowait', unit: 'ratio', title: 'CPU, waiting for disks' },
  { name: 'cpu.nice', unit: 'ratio', title: 'CPU, user with low priority' },
  { name: 'cpu.irq', unit: 'ratio', title: 'CPU, interrupts (hard and soft)' },
  { name: 'cpu.steal', unit: 'ratio', title: 'CPU, taken by the host' },
  { name: 'cpu.count', unit: 'count', title: 'Processors that are online' },
  { name: 'load.1', unit: 'count', title: 'Load average, 1 minute' },
  { name: 'load.5', unit: 'count', title: 'Load average, 5 minutes' },
  { name: 'load.15', unit: 'count', title: 'Load average, 15 minutes' },
  { name: 'load.per_cpu', unit: 'count', title: 'Load average of 5 minutes for each processor' },
  { name: 'mem.total', unit: 'bytes', title: 'Memory' },
  { name: 'mem.used', unit: 'bytes', title: 'Memory used' },
  { name: 'mem.cache', unit: 'bytes', title: 'Memory for buffers and caches' },
  { name: 'mem.ratio', unit: 'ratio', title: 'Share of memory used' },
  { name: 'swap.total', unit: 'bytes', title: 'Swap space' },
  { name: 'swap.used', unit: 'bytes', title: 'Swap space used' },
  { name: 'swap.ratio', unit: 'ratio', title: 'Share of swap space used' },
  { name: 'paging.in', unit: '1/s', title: 'Pages swapped in' },
  { name: 'paging.out', unit: '1/s', title: 'Pages swapped out' },
  { name: 'paging.faults', unit: '1/s', title: 'Major page faults' },
  { name: 'psi.cpu', unit: 'ratio', title: 'Some tasks wait for a CPU' },
  { name: 'psi.mem', unit: 'ratio', title: 'Some tasks wait for memory' },
  { name: 'psi.io', unit: 'ratio', title: 'Some tasks wait for a disk' },
  { name: 'psi.mem_full', unit: 'ratio', title: 'All tasks wait for memory' },
  { name: 'psi.io_full', unit: 'ratio', title: 'All tasks wait for a disk' },
  { name: 'fs.used:*', unit: 'bytes', title: 'File system: bytes used' },
  { name: 'fs.size:*', unit: 'bytes', title: 'File system: size, as df counts it: used and free' },
  { name: 'fs.ratio:*', unit: 'ratio', title: 'File system: share used' },
  { name: 'fs.inodes:*', unit: 'ratio', title: 'File system: share of inodes used' },
  { name: 'fs.fullest', unit: 'ratio', title: 'Share used of the fullest file system' },
  { name: 'disk.read:*', unit: 'bytes/s', title: 'Disk: bytes read' },
  { name: 'disk.write:*', unit: 'bytes/s', title: 'Disk: bytes written' },
  { name: 'disk.reads:*', unit: '1/s', title: 'Disk: operations read' },
  { name: 'disk.writes:*', unit: '1/s', title: 'Disk: operations written' },
  { name: 'disk.busy:*', unit: 'ratio', title: 'Disk: share of the time busy' },
  { name: 'disk.read', unit: 'bytes/s', title: 'All disks: bytes read' },
  { name: 'disk.write', unit: 'bytes/s', title: 'All disks: bytes written' },
  { name: 'net.rx:*', unit: 'bytes/s', title: 'Interface: bytes received' },
  { name: 'net.tx:*', unit: 'bytes/s', title: 'Interface: bytes sent' },
  { name: 'net.errors:*', unit: '1/s', title: 'Interface: errors, both ways' },
  { name: 'net.drops:*', unit: '1/s', title: 'Interface: packets dropped, both ways' },
  { name: 'net.rx', unit: 'bytes/s', title: 'All interfaces: bytes received' },
  { name: 'net.tx', unit: 'bytes/s', title: 'All interfaces: bytes sent' },
  { name: 'temp:*', unit: 'celsius', title: 'Temperature' },
  { name: 'temp.hottest', unit: 'celsius', title: 'The hottest sensor' },
  { name: 'fan:*', unit: 'rpm', title: 'Fan' },
  { name: 'proc.count', unit: 'count', title: 'Processes' },
  { name: 'proc.threads', unit: 'count', title: 'Threads' },
  { name: 'proc.running', unit: 'count', title: 'Threads that run or wait for a CPU' },
  { name: 'proc.blocked', unit: 'count', title: 'Threads that wait for a disk' },
  { name: 'fd.used', unit: 'count', title: 'Open files' },
  { name: 'uptime', unit: 'seconds', title: 'Time since boot' },
];

/** The family of a series: what stands after the colon replaced by `*`. */
export function familyOf(name: string): SeriesFamily | undefined {
  return FAMILIES.get(name) ?? FAMILIES.get(name.replace(/:.*$/s, ':*'));
}

const FAMILIES: ReadonlyMap<string, SeriesFamily> = new Map(
  SERIES_FAMILIES.map((family) => [family.name, family]),
);
