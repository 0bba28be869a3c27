import type { Mount } from './parse-mountinfo.ts';

const STORAGE =
  /^\/(?:var\/lib|var\/snap|run)\/(?:docker|containers?|containerd|kubelet|lxd|lxc|incus|machines|rancher)\//;

/**
 * Whether a file system is mounted where engines of containers keep layers and volumes, one for
 * each container.
 */
export function isOfContainers({ mountPoint }: Mount): boolean {
  return STORAGE.test(mountPoint);
}
