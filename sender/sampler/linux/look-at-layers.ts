import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stackedDisks } from '../../../shared/sample/stacked.ts';
import type { Layer } from './layers.ts';

/**
 * The host's end of a virtual machine's cable under Xen. It has a device, which is none of the
 * machine's own.
 */
const XEN_CABLE = /^vif\d+\./;

/**
 * What `/sys/class/net` says about interfaces: `lower_eth0` in the directory of one that stands on
 * `eth0`, `device` in that of one that belongs to a device. See
 * Documentation/ABI/testing/sysfs-class-net.
 */
export async function lookAtInterfaces(
  root: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, Layer>> {
  const layers = new Map<string, Layer>();
  for (const name of names) {
    const files = await list(root, 'sys/class/net', name);
    if (files === undefined) continue;
    const isOnOthers = files.some((file) => file.startsWith('lower_'));
    layers.set(name, { isOnOthers, isPhysical: files.includes('device') && !XEN_CABLE.test(name) });
  }
  return layers;
}

/**
 * What `/sys/block` says about disks: `slaves` lists those that one stands on. Some kinds list
 * none; their names tell.
 */
export async function lookAtDisks(
  root: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, Layer>> {
  const named = new Set(stackedDisks(names));
  const layers = new Map<string, Layer>();
  for (const name of names) {
    // The kernel writes `cciss/c0d0` with an exclamation mark there.
    const slaves = await list(root, 'sys/block', name.replaceAll('/', '!'), 'slaves');
    if (slaves === undefined) continue;
    const isOnOthers = slaves.length > 0 || named.has(name);
    layers.set(name, { isOnOthers, isPhysical: !isOnOthers });
  }
  return layers;
}

/**
 * Undefined when there is no such directory. Names come from `/proc`, and are those of a single
 * file.
 */
async function list(
  root: string,
  directory: string,
  name: string,
  below = '',
): Promise<string[] | undefined> {
  if (name.includes('/') || name === '.' || name === '..') return undefined;
  return await readdir(join(root, directory, name, below)).catch(() => undefined);
}
