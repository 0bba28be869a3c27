import type { Row } from '../../../shared/sample/sample.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { row } from '../round.ts';
import { slowReadings } from '../slow-readings.ts';
import { type Mount, parseMountinfo } from './parse-mountinfo.ts';
import type { ProcFile } from './proc-file.ts';
import { selectMounts } from './select-mounts.ts';

/** What statfs(2) says of a file system; `fs.StatsFs` fits. */
export interface FilesystemSpace {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

/** Asks for the space of the file system mounted at a path. Hangs when its device does. */
export type StatFs = (path: string) => Promise<FilesystemSpace>;

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

/** How often file systems are measured, and mounts looked for, ms. */
const EVERY_MS = 10_000;

/** Two rounds may be missed before a value is left out. */
const MAX_AGE_MS = 35_000;

/** A call that hangs keeps a thread of the pool, of which there are four; the log needs the others. */
const MAX_IN_FLIGHT = 2;

/** Watches the file systems that the mount table in `mountinfo` names. */
export function watchFilesystems(mountinfo: ProcFile, statfs: StatFs, clock: Clock): FilesystemWatch {
  const readings = slowReadings<Row>({
    read: async (mountPoint) => spaceRow(await statfs(mountPoint)),
    everyMs: EVERY_MS,
    maxAgeMs: MAX_AGE_MS,
    maxInFlight: MAX_IN_FLIGHT,
    clock,
  });
  let mounts: readonly Mount[] = [];
  let lastTable = Buffer.alloc(0);
  let dueAt = Number.NEGATIVE_INFINITY;

  function lookForMounts(): void {
    const table = mountinfo.read();
    if (table === undefined || table.equals(lastTable)) return;
    lastTable = Buffer.from(table);
    mounts = selectMounts(parseMountinfo(lastTable.toString('utf8')));
    readings.setKeys(mounts.map((mount) => mount.mountPoint));
  }

  return {
    poll() {
      const now = clock.monotonic();
      if (now >= dueAt) {
        dueAt = now + EVERY_MS;
        lookForMounts();
      }
      readings.poll();
    },
    usage() {
      const usage: Record<string, Row> = Object.create(null);
      for (const { mountPoint } of mounts) {
        const space = readings.get(mountPoint);
        if (space !== undefined) usage[mountPoint] = space;
      }
      return usage;
    },
    readOnly: () =>
      mounts
        .filter((mount) => mount.isReadOnly && readings.get(mount.mountPoint) !== undefined)
        .map((mount) => mount.mountPoint),
    settled: () => readings.settled(),
  };
}

function spaceRow(space: FilesystemSpace): Row {
  const inodes = space.files > 0 ? (space.files - space.ffree) / space.files : 0;
  return row(
    [
      (space.blocks - space.bfree) * space.bsize,
      space.bavail * space.bsize,
      Math.max(0, space.bfree - space.bavail) * space.bsize,
      inodes,
    ],
    3,
  );
}
