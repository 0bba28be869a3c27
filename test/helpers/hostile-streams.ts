import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Proving } from '../../sender/uplink/proving.ts';
import { createFrameDecoder } from '../../shared/protocol/decoder.ts';
import { encodeFrame, encodeJsonFrame } from '../../shared/protocol/encoder.ts';
import { FRAME_TYPES, type FrameType, PROTOCOL_VERSION } from '../../shared/protocol/protocol.ts';
import { secretOf } from './known-nodes.ts';

/** Numbers that follow from a seed, 0 ≤ x < 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Where the streams go, and as whom. */
export interface Target {
  readonly port: number;
  readonly isTls: boolean;
  /** A node that has joined, and whose secret the attacker has. */
  readonly attacker: string;
  /** Another node, of which the attacker knows the name and the id of its log. */
  readonly victim: { readonly node: string; readonly log: string };
}

const EVIL_TEXTS = [
  '../../../tmp/evil',
  'a\r\nBcc: everybody@example.org',
  '<script>alert(1)</script>',
  '__proto__',
  '\0',
  '../node-victim',
  'x'.repeat(70_000),
  '%2e%2e%2f',
  '',
];
const LOG = '0197a1b2-c3d4-7e5f-8a9b-000000000bad';
const TYPES = Object.values(FRAME_TYPES);

/** Makes hostile streams, each a connection of its own. */
export class HostileStreams {
  readonly #random: () => number;
  readonly #target: Target;
  #welcomed = 0;

  constructor(target: Target, random: () => number) {
    this.#target = target;
    this.#random = random;
  }

  /** How many got as far as being let in as the attacker. */
  get welcomed(): number {
    return this.#welcomed;
  }

  /** Opens a connection, says something hostile, and ends it; resolves when it is over. */
  async run(): Promise<void> {
    const { port, isTls } = this.#target;
    const isWrapped = isTls && this.#chance(0.7);
    const where = { host: '127.0.0.1', port };
    const socket = isWrapped ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where);
    socket.on('error', () => undefined);
    const over = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.once(isWrapped ? 'secureConnect' : 'connect', () => this.#attack(socket));
    // Whoever keeps the connection open gets no more of our time.
    const timer = setTimeout(() => socket.destroy(), 300);
    await over;
    clearTimeout(timer);
  }

  #attack(socket: Socket): void {
    const kind = this.#random();
    if (kind < 0.3) this.#say(socket, this.#bytes(2000));
    else if (kind < 0.6) this.#say(socket, this.#mutated(this.#hello({})));
    else this.#enter(socket);
  }

  /** Proves itself as the attacker, if it may, and then misbehaves. */
  #enter(socket: Socket): void {
    const proving = new Proving(secretOf(this.#target.attacker), undefined);
    const decoder = createFrameDecoder();
    socket.on('data', (chunk: Buffer) => {
      decoder.push(chunk, ({ type, payload }) => {
        if (type === FRAME_TYPES.CHALLENGE) {
          const proof = proving.prove(Buffer.from(payload)) ?? Buffer.alloc(0);
          socket.write(this.#chance(0.8) ? proof : this.#mutated(proof));
        } else if (type === FRAME_TYPES.WELCOME) {
          this.#welcomed += 1;
          const frames = Array.from({ length: 1 + this.#below(6) }, () => this.#frame());
          this.#say(socket, Buffer.concat(frames));
        } else if (type === FRAME_TYPES.REFUSED) {
          socket.destroy();
        }
      });
    });
    socket.write(proving.hello(this.#helloFacts()));
  }

  #helloFacts(): object {
    const { attacker, victim } = this.#target;
    const facts = {
      protocol: this.#chance(0.95) ? PROTOCOL_VERSION : this.#below(5),
      node: attacker,
      log: LOG,
      host_name: 'evil',
      boot_id: 'boot-1',
      version: '0.1.0',
      sleeptime: 1,
      oldest: 1,
      open: [{ segment: 1 + this.#below(3), bytes: this.#below(10_000), crc: this.#below(2 ** 32) }],
    };
    switch (this.#below(8)) {
      case 0:
        return { ...facts, node: victim.node, log: victim.log };
      case 1:
        return { ...facts, log: victim.log };
      case 2:
        return { ...facts, node: this.#pick(EVIL_TEXTS) };
      case 3:
        return { ...facts, host_name: this.#pick(EVIL_TEXTS), version: this.#pick(EVIL_TEXTS).slice(0, 60) };
      default:
        return facts;
    }
  }

  #frame(): Buffer {
    const type = this.#pick(TYPES) as FrameType;
    const segment = this.#pick([0, 1, 2, 3, 2 ** 32 - 1]);
    const offset = this.#pick([0, 1, this.#below(100_000), 2 ** 53 - 1]);
    switch (this.#below(5)) {
      case 0:
        return encodeFrame(FRAME_TYPES.DATA, 1, 0, this.#bytes(3000));
      case 1:
        return encodeJsonFrame(type, this.#json());
      case 2:
        return this.#mutated(encodeFrame(type, segment, offset, this.#bytes(200)));
      case 3:
        return encodeFrame(FRAME_TYPES.HEAL, segment, offset);
      default:
        return encodeFrame(type, segment, offset, this.#bytes(500));
    }
  }

  #json(): object {
    const text = this.#pick(EVIL_TEXTS).slice(0, 1000);
    return this.#pick([
      { kind: 'differs', segment: 1 },
      { kind: 'differs', segment: this.#below(2 ** 32) },
      { kind: 'lost', samples: 1, since: text.slice(0, 40), reason: text.slice(0, 100) },
      { kind: 'digest_result', id: this.#below(10), segments: [] },
      { kind: 'certificates_kept', sha256: ['0'.repeat(64)] },
      { kind: 'rename', node: this.#target.victim.node },
      { kind: text },
      { reason: text },
      { [text]: text },
    ]);
  }

  #hello(more: object): Buffer {
    return new Proving(secretOf(this.#target.attacker), undefined).hello({ ...this.#helloFacts(), ...more });
  }

  #mutated(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    for (let count = 1 + this.#below(4); count > 0 && copy.length > 0; count--)
      copy[this.#below(copy.length)] = this.#below(256);
    return this.#chance(0.2) ? copy.subarray(0, this.#below(copy.length + 1)) : copy;
  }

  /** Sends bytes in pieces, and ends the connection in one of several ways. */
  #say(socket: Socket, bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const next = this.#chance(0.5) ? bytes.length : at + 1 + this.#below(bytes.length - at);
      socket.write(bytes.subarray(at, next));
      at = next;
    }
    if (this.#chance(0.6)) socket.end();
    else if (this.#chance(0.5)) setTimeout(() => socket.destroy(), 5);
  }

  #bytes(max: number): Buffer {
    return Buffer.from(Array.from({ length: this.#below(max) + 1 }, () => this.#below(256)));
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }
}
