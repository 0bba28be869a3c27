/**
 * Which interfaces and disks stand on others, as far as their names tell. What passes a VLAN also
 * passes its bridge, its bond and a network card; what goes to an array also goes to its members. A
 * total counts the lowest layer only.
 *
 * The sampler asks `/sys` and uses names only where that has no answer. The receiver uses them for
 * samples without `stacked`.
 */

/**
 * Interfaces that programs and administrators build on others, by the names that these programs
 * give them.
 */
const STACKED_INTERFACE = new RegExp(
  `^(?:${[
    // Several cards as one, and bridges.
    'bond\\d+|team\\d+|br\\d*|br[-_].+|bridge\\d*|[a-z]+br\\d+|virbr\\d+-nic',
    // Virtual LANs, and interfaces with an address of their own on another.
    'vlan[-_.]?\\d+|macvlan.*|macvtap.*|ipvlan.*|qmimux\\d+',
    // Containers and virtual machines: bridges, and the ends of their cables.
    'docker\\d*|docker_gwbridge|podman\\d*|cni.*|cbr\\d+|flannel.*|cilium_.*|weave|kube-.*|nodelocaldns|antrea.*',
    'veth.*|cali.*|lxc.*|azv.*|eni[0-9a-f]{8,}|vnet\\d+|tap.*|vif\\d+|fwbr.*|fwpr.*|fwln.*|ovs-.*|vmnet\\d+',
    // Tunnels: what they carry passes another interface, encrypted or wrapped.
    'tun.*|utun\\d+|wg.*|awg.*|tailscale\\d*|zt[a-z0-9]{8,}|nebula.*|ppp\\d+|ipsec\\d*|xfrm.*|vti.*|ip_vti\\d+|ip6_vti\\d+',
    'gre.*|erspan.*|sit\\d+|tunl\\d+|ipip.*|ip6tnl.*|vxlan.*|geneve.*|genev_.*|l2tp.*|bat\\d+',
    // Nothing passes these to or from another machine.
    'dummy.*|ifb.*|nlmon.*|lo\\d*|awdl\\d+|llw\\d+|gif\\d+|stf\\d+',
  ].join('|')})$`,
);

/** `eth0.20`, and `eth0.20.7` on it. */
const VLAN = /\.\d+(?:\.\d+)*$/;

/**
 * Of the names of interfaces, those that stand on others. Never all of them: the traffic passes
 * somewhere.
 */
export function stackedInterfaces(names: readonly string[]): readonly string[] {
  const all = new Set(names);
  const isStacked = (name: string) => {
    const base = baseOf(name);
    return isBuilt(base) || (base !== name && all.has(base));
  };
  return butNotAll(names, names.filter(isStacked));
}

/** A receiver meets the same few names in every sample of every node. */
const known = new Map<string, boolean>();
const MAX_KNOWN = 2_000;

function isBuilt(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const isStacked = STACKED_INTERFACE.test(name);
  known.set(name, isStacked);
  return isStacked;
}

/**
 * Arrays of disks, caches in front of disks, and volumes of ZFS. The device mapper is not listed in
 * samples at all.
 */
const STACKED_DISK = /^(?:md[\d_].*|bcache\d+|drbd\d+|zd\d+)$/;

/** One path of several to an NVMe drive: `nvme0c1n1` is a path to `nvme0n1`. */
const NVME_PATH = /^(nvme\d+)c\d+(n\d+)$/;

/** Of the names of disks, those that stand on others. Never all of them. */
export function stackedDisks(names: readonly string[]): readonly string[] {
  const heads = new Set(names.flatMap((name) => NVME_PATH.exec(name)?.slice(1).join('') ?? []));
  return butNotAll(
    names,
    names.filter((name) => STACKED_DISK.test(name) || heads.has(name)),
  );
}

/** The names that stand on others; none when that would be all. */
export function butNotAll(names: readonly string[], stacked: readonly string[]): readonly string[] {
  return stacked.length === names.length ? [] : stacked;
}

function baseOf(name: string): string {
  return name.includes('.') ? name.replace(VLAN, '') : name;
}
