import type { Frame } from '../../shared/protocol/decoder.ts';
import type { Hello } from '../../shared/protocol/messages.ts';
import { claimFacts } from './greeting.ts';
import { Handshake, type Opening } from './handshake.ts';
import type { FromWorker, Refusal, SessionId } from './messages.ts';

/** What an entrance needs of its session. */
export interface EntrancePorts {
  readonly session: SessionId;
  /** Of the peer. */
  readonly address: string;
  /** SHA-256 of the certificate in use, hex; undefined without TLS. */
  readonly certificate: string | undefined;
  readonly send: (frame: Buffer) => void;
  readonly post: (message: FromWorker) => void;
  readonly refuse: (refusal: Refusal) => void;
  /** Nothing more is to be taken until the main thread has answered. */
  readonly wait: () => void;
}

/** What a connection is before it is let in: asked who it is, then waiting for the main thread to say whether it may come in. */
export class Entrance {
  readonly #ports: EntrancePorts;
  readonly #handshake: Handshake;
  readonly #sinceMs: number;
  #wish: Opening | undefined;

  /** @param nowMs of a clock that never jumps */
  constructor(ports: EntrancePorts, nowMs: number) {
    this.#ports = ports;
    this.#handshake = new Handshake(ports.certificate);
    this.#sinceMs = nowMs;
  }

  /** Whether the main thread has been asked, and so has to hear of the end. */
  get isAnnounced(): boolean {
    return this.#wish !== undefined;
  }

  /** What the peer said of itself, when it is a node that waits to be let in. */
  get hello(): Hello | undefined {
    return this.#wish?.kind === 'hello' ? this.#wish.hello : undefined;
  }

  /** For how long the peer has not said who it is, ms. Counted from the beginning: one byte now and then buys it no more time. */
  owedMs(nowMs: number): number {
    return this.isAnnounced ? 0 : nowMs - this.#sinceMs;
  }

  /** Takes the next frame. */
  take(frame: Frame): void {
    const step = this.#handshake.take(frame);
    switch (step.kind) {
      case 'answer':
        this.#ports.send(step.frame);
        return;
      case 'opened':
        this.#ask(step.opening);
        return;
      case 'refused':
        this.#ports.refuse(step.refusal);
        return;
      default:
        step satisfies never;
    }
  }

  #ask(wish: Opening): void {
    const { session, address, post, wait } = this.#ports;
    this.#wish = wish;
    wait();
    if (wish.kind === 'join') {
      const { join, credentialProof, auth } = wish;
      post({ kind: 'join', session, claim: { join, credentialProof, address, ...auth } });
    } else post({ kind: 'claim', session, facts: claimFacts(wish.hello, address), auth: wish.auth });
  }
}
