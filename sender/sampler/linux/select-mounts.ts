import { isOfContainers } from './is-of-containers.ts';
import { looksLikeFile } from './looks-like-file.ts';
import type { Mount } from './parse-mountinfo.ts';

/** Local file systems that are not on a block device of their own, so that their source does not begin with `/dev/`. */
const LOCAL_TYPES = new Set(['zfs', 'btrfs', 'bcachefs', 'fuse.mergerfs']);

/** Images: always full, never written. */
const IMAGE_TYPES = new Set(['squashfs', 'iso9660', 'erofs', 'cramfs', 'udf']);

/** A root on the network would hang with it. */
const NETWORK_TYPES = /^(?:rootfs|nfs\d?|cifs|smb3|9p|ceph|afs|virtiofs|fuse\..*)$/;

/** One device may be mounted under several names of its own. */
const BY_SOURCE = new Set(['btrfs', 'bcachefs']);

/** What shares one supply of space: a file system, or a pool with all its datasets. */
export interface Pool {
  /** The mount that stands for all of it. */
  readonly mount: Mount;
  /** The other datasets of a pool of ZFS, each with bytes of its own; empty for everything else. */
  readonly datasets: readonly Mount[];
}

/**
 * The file systems whose filling up matters: on local storage, each once. Network and pseudo file systems are left out,
 * and overlays and memory, except as the root of a container or a live system. Of several mounts of one file system (bind
 * mounts, subvolumes) or pool the root of the machine counts, then one that shows all of it, then the one with the
 * shortest path.
 *
 * @param isFile whether a mount point is a file; by default its name decides
 */
export function selectMounts(mounts: readonly Mount[], isFile = looksLikeFile): Mount[] {
  return selectPools(mounts, isFile).map(({ mount }) => mount);
}

/** {@link selectMounts}, with the datasets of each pool. */
export function selectPools(mounts: readonly Mount[], isFile: (mount: Mount) => boolean): Pool[] {
  // What is mounted over another mount hides it.
  const byMountPoint = new Map(mounts.map((mount) => [mount.mountPoint, mount]));
  const poolOf = poolNamer();
  const pools = new Map<string, Mount[]>();
  for (const mount of byMountPoint.values()) {
    if (!isCounted(mount) || isFile(mount)) continue;
    const name = poolOf(mount);
    const pool = pools.get(name);
    if (pool === undefined) pools.set(name, [mount]);
    else pool.push(mount);
  }
  return [...pools.values()].flatMap(readPool);
}

function readPool(mounts: readonly Mount[]): Pool[] {
  const [first] = mounts;
  if (first === undefined) return [];
  const mount = mounts.reduce((best, other) => (compareMounts(other, best) < 0 ? other : best), first);
  if (mount.type !== 'zfs') return [{ mount, datasets: [] }];
  const others = new Map(mounts.map((one) => [one.source, one]));
  others.delete(mount.source);
  return [{ mount, datasets: [...others.values()] }];
}

/** Makes a function that names the pool, or the file system, that a mount is part of. */
function poolNamer(): (mount: Mount) => string {
  const known = new Map<string, string>();
  return ({ type, source, device }) => {
    if (type === 'zfs') return `zfs ${source.split('/', 1)[0]}`;
    if (!BY_SOURCE.has(type)) return device;
    const name = known.get(source) ?? known.get(device) ?? device;
    known.set(source, name).set(device, name);
    return name;
  };
}

function isCounted(mount: Mount): boolean {
  if (IMAGE_TYPES.has(mount.type)) return false;
  // A snapshot (`pool/data@monday`) fills nothing.
  if (mount.type === 'zfs' && mount.source.includes('@')) return false;
  if (LOCAL_TYPES.has(mount.type)) return true;
  if (mount.mountPoint === '/') return !NETWORK_TYPES.test(mount.type);
  return mount.source.startsWith('/dev/') && mount.source !== '/dev/fuse';
}

function compareMounts(a: Mount, b: Mount): number {
  return (
    Number(b.mountPoint === '/') - Number(a.mountPoint === '/') ||
    Number(isWhole(b)) - Number(isWhole(a)) ||
    Number(looksLikeFile(a)) - Number(looksLikeFile(b)) ||
    // Those of containers come and go, and the name of a pool must stay.
    Number(isOfContainers(a)) - Number(isOfContainers(b)) ||
    a.mountPoint.length - b.mountPoint.length
  );
}

/** Whether a mount shows all of its file system, or the first dataset of its pool. */
function isWhole({ type, root, source }: Mount): boolean {
  return root === '/' && (type !== 'zfs' || !source.includes('/'));
}
