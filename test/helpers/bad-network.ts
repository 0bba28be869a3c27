import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { BadLink, type LinkConditions, SOUND } from './bad-link.ts';
import { ip, makeNamespace, type NetworkNamespace, whyNoNamespaces } from './network-namespace.ts';
import { mulberry32 } from './simulated-node.ts';

// A network that loses, delays, narrows and cuts, by the rules of this process instead of a queueing discipline: `netem` is missing in
// many a kernel, and cannot be seeded before Linux 6.6. Each node's namespace has a VXLAN device, whose other end is in a bridge of
// the receiver's. What either sends comes here as a datagram, and goes on to the other end when the line lets it.

/** A network namespace for the receiver, and a line to it for each namespace of nodes. */
export interface BadNetwork extends AsyncDisposable {
  readonly receiver: NetworkNamespace;
  /** The receiver's address as the nodes see it. */
  readonly address: string;
  readonly lines: readonly Line[];
}

/** A line from nodes to the receiver. */
export interface Line {
  /** Where the nodes are. */
  readonly namespace: NetworkNamespace;
  /** Changes what the line does, both ways; what is left out becomes that of a sound line. */
  set(conditions: Partial<LinkConditions>): void;
  /** What was sent from the nodes' end so far. */
  readonly sent: () => { readonly packets: number; readonly lost: number; readonly bytes: number };
}

const VXLAN_PORT = 4789;
/** Room for the outer headers in the 1500 bytes of the pair that carries them. */
const MTU = 1400;
const ADDRESS = '10.97.0.1';

/** Why no such network can be made here; undefined when one can. */
export function whyNoBadNetwork(): string | undefined {
  const problem = whyNoNamespaces();
  if (problem !== undefined) return problem;
  try {
    using probe = makeNamespace('probe');
    probe.ip('link', 'add', 'tunnel', ...vxlan(2, '127.0.0.1'));
    return undefined;
  } catch (error) {
    return `VXLAN devices cannot be made: ${String(error)}`;
  }
}

/** Makes the network, with sound lines. What a line loses follows from the seed. */
export async function startBadNetwork(lineCount: number, seed: number): Promise<BadNetwork> {
  await using cleanup = new AsyncDisposableStack();
  const receiver = cleanup.use(makeNamespace('receiver'));
  const outer = connectOuter(receiver);
  receiver.ip('link', 'add', 'name', 'lan', 'type', 'bridge');
  receiver.ip('addr', 'add', `${ADDRESS}/16`, 'dev', 'lan');
  receiver.ip('link', 'set', 'lan', 'up');
  const carriers: Carrier[] = [];
  const lines: Line[] = [];
  for (let index = 0; index < lineCount; index++) {
    const namespace = cleanup.use(makeNamespace(`line-${index}`));
    connectInner(receiver, namespace, index, outer.here);
    carriers.push(new Carrier(seed + 2 * index), new Carrier(seed + 2 * index + 1));
    lines.push(lineOf(namespace, carriers.slice(-2)));
  }
  cleanup.use(await relay(carriers, outer));
  const all = cleanup.move();
  return { receiver, address: ADDRESS, lines, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

interface Outer {
  readonly here: string;
  readonly there: string;
}

/** A pair of devices between this process and the receiver's namespace, where all VXLAN devices send from. */
function connectOuter(receiver: NetworkNamespace): Outer {
  const device = `fk${process.pid}`;
  // One of 16384 networks of four addresses each, so that two runs at a time do not meet.
  const at = (process.pid % 2 ** 14) * 4;
  const address = (host: number) => `10.96.${(at + host) >> 8}.${(at + host) & 255}`;
  const [here, there] = [address(1), address(2)];
  ip('link', 'add', device, 'type', 'veth', 'peer', 'name', 'outer', 'netns', receiver.name);
  ip('addr', 'add', `${here}/30`, 'dev', device);
  ip('link', 'set', device, 'up');
  receiver.ip('addr', 'add', `${there}/30`, 'dev', 'outer');
  receiver.ip('link', 'set', 'outer', 'up');
  return { here, there };
}

/** Makes both ends of a line in the receiver's namespace, whence they send, and moves the nodes' end to its own. */
function connectInner(
  receiver: NetworkNamespace,
  nodes: NetworkNamespace,
  index: number,
  relayAddress: string,
): void {
  const [near, far] = [idOf(index, 0), idOf(index, 1)];
  for (const id of [near, far]) {
    receiver.ip('link', 'add', `line${id}`, ...vxlan(id, relayAddress));
    // One packet is one datagram: large ones that the kernel would split later cannot be carried.
    receiver.ip('link', 'set', `line${id}`, 'gso_max_segs', '1', 'mtu', `${MTU}`);
  }
  receiver.ip('link', 'set', `line${far}`, 'master', 'lan', 'up');
  receiver.ip('link', 'set', `line${near}`, 'netns', nodes.name, 'name', 'eth0');
  nodes.ip('addr', 'add', `10.97.1.${index + 1}/16`, 'dev', 'eth0');
  nodes.ip('link', 'set', 'eth0', 'up');
}

/** The two ends of a line differ in the lowest bit of their network's number. */
function idOf(index: number, end: 0 | 1): number {
  return 2 * (index + 1) + end;
}

/** Checksums of what is carried are left to the device, which a relay is not: with `remcsum` each packet says what is still to be summed. */
function vxlan(id: number, remote: string): readonly string[] {
  const checksums = ['udpcsum', 'remcsumtx', 'remcsumrx'];
  return ['type', 'vxlan', 'id', `${id}`, 'remote', remote, 'dstport', `${VXLAN_PORT}`, ...checksums];
}

/** One direction of a line, with what is on its way. */
class Carrier {
  readonly link: BadLink;
  readonly #underWay: Buffer[] = [];
  packets = 0;
  lost = 0;
  bytes = 0;

  constructor(seed: number) {
    this.link = new BadLink(mulberry32(seed));
  }

  carry(packet: Buffer, deliver: (packet: Buffer) => void): void {
    const nowMs = performance.now();
    this.packets += 1;
    this.bytes += packet.length;
    const arrivalMs = this.link.arrivalMs(packet.length, nowMs);
    if (arrivalMs === undefined) {
      this.lost += 1;
      return;
    }
    this.#underWay.push(packet);
    // The first, not this one: timers are not as exact as the line, and nothing overtakes on it.
    setTimeout(() => deliver(this.#underWay.shift() ?? packet), arrivalMs - nowMs).unref();
  }
}

function lineOf(namespace: NetworkNamespace, carriers: readonly Carrier[]): Line {
  return {
    namespace,
    set(conditions) {
      for (const { link } of carriers) link.conditions = { ...SOUND, ...conditions };
    },
    sent: () => {
      const { packets = 0, lost = 0, bytes = 0 } = carriers[0] ?? {};
      return { packets, lost, bytes };
    },
  };
}

/** Takes what the ends of all lines send, and hands it to the other end when its time has come. */
async function relay(carriers: readonly Carrier[], { here, there }: Outer): Promise<AsyncDisposable> {
  const socket = createSocket('udp4');
  let isClosed = false;
  socket.on('message', (packet) => {
    const id = packet.readUIntBE(4, 3);
    carriers[id - idOf(0, 0)]?.carry(packet, () => {
      if (isClosed) return;
      packet.writeUIntBE(id ^ 1, 4, 3);
      socket.send(packet, VXLAN_PORT, there);
    });
  });
  socket.bind(VXLAN_PORT, here);
  await once(socket, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      isClosed = true;
      socket.close();
      await once(socket, 'close');
    },
  };
}
