import { join } from 'node:path';
import { ProcFile, ReadBuffer } from './proc-file.ts';

/** Where each thing is read from, below the root. */
const PATHS = {
  stat: 'proc/stat',
  meminfo: 'proc/meminfo',
  vmstat: 'proc/vmstat',
  loadavg: 'proc/loadavg',
  uptime: 'proc/uptime',
  diskstats: 'proc/diskstats',
  // Not proc/net/dev: `net` is a link to this, which every open would follow again.
  netDev: 'proc/self/net/dev',
  mountinfo: 'proc/self/mountinfo',
  hostMountinfo: 'proc/1/mountinfo',
  arcstats: 'proc/spl/kstat/zfs/arcstats',
  fileNr: 'proc/sys/fs/file-nr',
  pressureCpu: 'proc/pressure/cpu',
  pressureMemory: 'proc/pressure/memory',
  pressureIo: 'proc/pressure/io',
  bootId: 'proc/sys/kernel/random/boot_id',
  auxv: 'proc/self/auxv',
} as const;

/** The files that a sample is made of. */
export type LinuxFiles = Readonly<Record<keyof typeof PATHS, ProcFile>> & Disposable;

/** Names the files below `root`; each is opened when it is first read. All share one buffer. */
export function linuxFiles(root: string): LinuxFiles {
  const buffer = new ReadBuffer();
  const entries = Object.entries(PATHS).map(([name, path]) => [
    name,
    // A mount may name a dozen directories.
    new ProcFile(join(root, path), buffer, path === PATHS.mountinfo || path === PATHS.hostMountinfo),
  ]);
  const files: Record<keyof typeof PATHS, ProcFile> = Object.fromEntries(entries);
  return {
    ...files,
    [Symbol.dispose]() {
      for (const file of Object.values(files)) file[Symbol.dispose]();
    },
  };
}
