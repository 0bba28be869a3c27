import type { Mount } from './parse-mountinfo.ts';

/** Local file systems that are not on a block device of their own, so that their source does not begin with `/dev/`. */
const LOCAL_TYPES = new Set(['zfs', 'btrfs', 'bcachefs', 'fuse.mergerfs']);

/** Images: always full, never written. */
const IMAGE_TYPES = new Set(['squashfs', 'iso9660', 'erofs', 'cramfs', 'udf']);

/** A root on the network would hang with it. */
const NETWORK_TYPES = /^(?:rootfs|nfs\d?|cifs|smb3|9p|ceph|afs|virtiofs|fuse\..*)$/;

/** Files that container engines mount one by one from the host's disk. */
const CONTAINER_FILES = new Set(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']);

/**
 * The file systems whose filling up matters: on local storage, each once. Network and pseudo file systems are left out,
 * and overlays and memory, except as the root of a container or a live system. Of several mounts of one device (bind mounts,
 * subvolumes) the one that shows all of it counts, or the one with the shortest path.
 */
export function selectMounts(mounts: readonly Mount[]): Mount[] {
  const byMountPoint = new Map(mounts.map((mount) => [mount.mountPoint, mount]));
  const byDevice = new Map<string, Mount>();
  for (const mount of byMountPoint.values()) {
    if (!isCounted(mount)) continue;
    const other = byDevice.get(mount.device);
    if (other === undefined || compareMounts(mount, other) < 0) byDevice.set(mount.device, mount);
  }
  return [...byDevice.values()];
}

function isCounted(mount: Mount): boolean {
  if (IMAGE_TYPES.has(mount.type) || CONTAINER_FILES.has(mount.mountPoint)) return false;
  if (LOCAL_TYPES.has(mount.type)) return true;
  if (mount.mountPoint === '/') return !NETWORK_TYPES.test(mount.type);
  return mount.source.startsWith('/dev/') && mount.source !== '/dev/fuse';
}

function compareMounts(a: Mount, b: Mount): number {
  return (
    Number(b.mountPoint === '/') - Number(a.mountPoint === '/') ||
    Number(b.root === '/') - Number(a.root === '/') ||
    a.mountPoint.length - b.mountPoint.length
  );
}
