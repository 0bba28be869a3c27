import type { Row } from '../../../shared/sample/sample.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { slowReadings } from '../slow-readings.ts';
import type { IsFile } from './is-file.ts';
import { type Mount, parseMountinfo } from './parse-mountinfo.ts';
import type { ProcFile } from './proc-file.ts';
import { rankFilesystems } from './rank-filesystems.ts';
import { selectPools } from './select-mounts.ts';
import type { FilesystemSpace } from './space.ts';
import { type PoolWatch, watchPool } from './watch-pool.ts';

/**
 * Asks for the space of the file system mounted at a path. Hangs when its device does. A path that is not UTF-8 comes as its
 * bytes.
 */
export type StatFs = (path: string | Buffer) => Promise<FilesystemSpace>;

/** The file systems of this machine, measured in the background. */
export interface FilesystemWatch {
  /** Begins a new round when one is due. Never waits. */
  poll(): void;
  /** By mount point: bytes used, free, reserved; share of inodes used. Without those whose value is too old. */
  usage(): Record<string, Row>;
  /** Those of {@link FilesystemWatch.usage} that are read-only. */
  readOnly(): string[];
  /** Resolves when every file system was measured once; when one hangs, never. */
  settled(): Promise<void>;
}

/** Options of {@link watchFilesystems}. */
export interface FilesystemOptions {
  /** The mount table of this process, and that of the host. */
  readonly mountinfo: ProcFile;
  readonly hostMountinfo: ProcFile;
  readonly statfs: StatFs;
  readonly isFile: IsFile;
  readonly clock: Clock;
}

/** How often file systems are measured, and mounts looked for, ms. */
const EVERY_MS = 10_000;

/** Two rounds may be missed before a value is left out. */
const MAX_AGE_MS = 35_000;

/** A call that hangs keeps a thread of the pool, of which there are four; the log needs the others. */
const MAX_IN_FLIGHT = 2;

/** More are not measured. */
const MAX_POOLS = 512;

/** Watches the file systems that the mount table names. */
export function watchFilesystems(options: FilesystemOptions): FilesystemWatch {
  const { clock } = options;
  const isFileAt = new Map<string, boolean>();
  const readTable = changedTable(options);
  const readings = slowReadings<Row>({
    read: measure,
    everyMs: EVERY_MS,
    maxAgeMs: MAX_AGE_MS,
    maxInFlight: MAX_IN_FLIGHT,
    clock,
  });
  let mounts: readonly Mount[] = [];
  let pools: ReadonlyMap<string, PoolWatch> = new Map();
  let isAnyReadOnly = false;
  let dueAt = Number.NEGATIVE_INFINITY;

  async function measure(key: string): Promise<Row> {
    const pool = pools.get(key);
    if (pool === undefined) throw new Error(`${key} is not mounted any more`);
    const isFile = isFileAt.get(key) ?? (await options.isFile(pool.mount));
    isFileAt.set(key, isFile);
    if (!isFile) return await pool.measure();
    choose();
    throw new Error(`${pool.mount.mountPoint} is a file`);
  }

  function choose(): void {
    const chosen = selectPools(mounts, (mount) => isFileAt.get(keyOf(mount)) === true).slice(0, MAX_POOLS);
    pools = new Map(chosen.map((pool) => [keyOf(pool.mount), watchPool(pool, options)]));
    isAnyReadOnly = chosen.some(({ mount }) => mount.isReadOnly);
    readings.setKeys([...pools.keys()]);
    readings.poll();
  }

  return {
    poll() {
      const now = clock.monotonic();
      const table = now >= dueAt ? readTable() : undefined;
      if (now >= dueAt) dueAt = now + EVERY_MS;
      if (table !== undefined) {
        mounts = table;
        isFileAt.clear();
        choose();
      }
      readings.poll();
    },
    usage() {
      const usage: Record<string, Row> = Object.create(null);
      for (const [mount, row] of rankFilesystems(measured())) usage[mount.mountPoint] = row;
      return usage;
    },
    readOnly: () =>
      isAnyReadOnly ? measured().flatMap(([mount]) => (mount.isReadOnly ? [mount.mountPoint] : [])) : [],
    settled: () => readings.settled(),
  };

  function measured(): (readonly [Mount, Row])[] {
    const found: (readonly [Mount, Row])[] = [];
    for (const [key, { mount }] of pools) {
      const row = readings.get(key);
      if (row !== undefined) found.push([mount, row]);
    }
    return found;
  }
}

/** Reads the mount table; undefined when it is as before, or cannot be read. */
function changedTable({ mountinfo, hostMountinfo }: FilesystemOptions): () => Mount[] | undefined {
  let lastTable = Buffer.alloc(0);
  let lastHostTable = Buffer.alloc(0);
  return () => {
    const table = Buffer.from(mountinfo.read() ?? '');
    const hostTable = Buffer.from(hostMountinfo.read() ?? '');
    if (table.length === 0 || (table.equals(lastTable) && hostTable.equals(lastHostTable))) return undefined;
    [lastTable, lastHostTable] = [table, hostTable];
    return parseMountinfo(table, hostTable);
  };
}

function keyOf({ device, root, mountPoint }: Mount): string {
  return `${device} ${root} ${mountPoint}`;
}
