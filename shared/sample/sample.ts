/**
 * A sample, as it stands in the log. Keys are short because they are written every second; what they mean, and which
 * OpenTelemetry metric each one is, says `docs/log-format.md`. A key that could not be read is left out.
 *
 * Two rules keep a line short: an array whose last entries are 0 ends before them, and a mode at 0 is left out of `cpu.util`.
 */

/**
 * The modes of a CPU in the order of `cpu.time`. Not that of `/proc/stat`: those that are 0 on most machines stand last, so that an
 * array may end before them. In a row of `cpu.core` idle is missing; it is the rest to 1.
 */
export const CPU_MODES = [
  'idle',
  'user',
  'system',
  'iowait',
  'softirq',
  'steal',
  'nice',
  'interrupt',
] as const;

/** What a CPU does with its time. */
export type CpuMode = (typeof CPU_MODES)[number];

/** Numbers in a documented order, without the zeros at the end. */
export type Row = readonly number[];

/** Processors. */
export interface CpuGroup {
  /** Logical processors that are online. */
  readonly n?: number | undefined;
  /** Share of the interval in each mode, all cores together, 0–1. */
  readonly util?: Readonly<Partial<Record<CpuMode, number>>> | undefined;
  /** Seconds since boot in each of {@link CPU_MODES}, all cores together. */
  readonly time?: Row | undefined;
  /**
   * By logical number: share of the interval, 0–1, in each of {@link CPU_MODES} except idle; null for a core that was
   * offline.
   */
  readonly core?: readonly (Row | null)[] | undefined;
}

/** Memory, bytes. What is used is `total - avail`. */
export interface MemoryGroup {
  readonly total: number;
  /** What programs could have without swapping. */
  readonly avail: number;
  /** Buffers and caches, most of which is part of `avail`; left out where they are not known. */
  readonly cache?: number | undefined;
}

/** Swap space, bytes. */
export interface SwapGroup {
  readonly total: number;
  readonly used: number;
}

/** For each resource: seconds since boot in which some tasks, and all tasks, stood still for want of it. */
export interface PressureGroup {
  readonly cpu?: Row | undefined;
  readonly mem?: Row | undefined;
  readonly io?: Row | undefined;
}

/**
 * Interfaces and disks whose bytes pass others that are listed, too: bonds, bridges, VLANs; arrays. A total leaves them out.
 * Left out where neither the machine nor the names (`stacked.ts`) know of any.
 */
export interface StackedGroup {
  readonly net?: readonly string[] | undefined;
  readonly disk?: readonly string[] | undefined;
}

/** How many processes and threads there are. */
export interface ProcessGroup {
  readonly n?: number | undefined;
  readonly threads?: number | undefined;
  readonly run?: number | undefined;
  readonly blocked?: number | undefined;
}

/** Open files of the whole system. */
export interface FileDescriptorGroup {
  readonly used: number;
  /** Left out where there is no limit worth the name. */
  readonly max?: number | undefined;
}

/** One sample: a line of the log that has `cpu`. */
export interface Sample {
  /** RFC 3339, UTC, milliseconds. */
  readonly t: string;
  /** Seconds since boot. */
  readonly up?: number | undefined;
  /** Names the run of the operating system: the first group of the boot id. */
  readonly boot?: string | undefined;
  readonly cpu: CpuGroup;
  /** Load average of 1, 5 and 15 minutes. */
  readonly load?: readonly number[] | undefined;
  readonly mem?: MemoryGroup | undefined;
  readonly swap?: SwapGroup | undefined;
  /** Pages swapped in, out; major faults; since boot. */
  readonly paging?: Row | undefined;
  readonly psi?: PressureGroup | undefined;
  /** By mount point: bytes used, free, reserved; share of inodes used. */
  readonly fs?: Readonly<Record<string, Row>> | undefined;
  /** Those of `fs` that are mounted read-only. */
  readonly ro?: readonly string[] | undefined;
  /** By device: bytes read, written; operations read, write; seconds reading, writing, busy. */
  readonly disk?: Readonly<Record<string, Row>> | undefined;
  /** By interface: bytes, packets, errors, drops; each received, sent. */
  readonly net?: Readonly<Record<string, Row>> | undefined;
  /** By sensor: degrees Celsius. */
  readonly temp?: Readonly<Record<string, number>> | undefined;
  /** By sensor: revolutions a minute. */
  readonly fan?: Readonly<Record<string, number>> | undefined;
  readonly proc?: ProcessGroup | undefined;
  readonly fd?: FileDescriptorGroup | undefined;
  /** Those of `net` and `disk` that stand on others of the group; see {@link StackedGroup}. */
  readonly stacked?: StackedGroup | undefined;
  /** How many entries of a group were left out to keep the line short. */
  readonly cut?: Readonly<Record<string, number>> | undefined;
}
