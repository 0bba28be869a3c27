import { randomBytes } from 'node:crypto';
import { authMessageOf } from '../../shared/auth/auth-message.ts';
import type { Frame } from '../../shared/protocol/decoder.ts';
import { encodeFrame } from '../../shared/protocol/encoder.ts';
import { type Hello, type Join, type Parsed, parseHello, parseJoin } from '../../shared/protocol/messages.ts';
import { FRAME_TYPES, PROTOCOL_VERSION } from '../../shared/protocol/protocol.ts';
import type { AuthProof, Refusal } from './messages.ts';
import { protocolRefusal, versionRefusal } from './refusals.ts';

/** What a peer wants, once it has sent its proof. */
export type Opening = { readonly auth: AuthProof } & (
  | { readonly kind: 'hello'; readonly hello: Hello }
  | { readonly kind: 'join'; readonly join: Join }
);

type Asked =
  | { readonly kind: 'hello'; readonly hello: Hello }
  | { readonly kind: 'join'; readonly join: Join };

/** What the next frame leads to: a frame to answer with, the peer's wish complete with its proof, or the end. */
export type HandshakeStep =
  | { readonly kind: 'answer'; readonly frame: Buffer }
  | { readonly kind: 'opened'; readonly opening: Opening }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const NONCE_BYTES = 16;

/**
 * The beginning of a connection: HELLO or JOIN, answered with CHALLENGE, and then PROOF. Nothing is looked up on the way, so it
 * takes as long for a name that does not exist as for one that does.
 */
export class Handshake {
  readonly #certificate: string | undefined;
  #asked: Asked | undefined;
  #message: Buffer | undefined;

  /** @param certificate SHA-256 of the certificate in use, hex; undefined without TLS */
  constructor(certificate: string | undefined) {
    this.#certificate = certificate;
  }

  /** Takes the next frame. */
  take({ type, payload }: Frame): HandshakeStep {
    if (this.#asked !== undefined && this.#message !== undefined) {
      if (type !== FRAME_TYPES.PROOF) return refused('the frame after HELLO or JOIN has to be PROOF');
      const auth = { message: this.#message, proof: Uint8Array.from(payload) };
      return { kind: 'opened', opening: { ...this.#asked, auth } };
    }
    switch (type) {
      case FRAME_TYPES.HELLO:
        return this.#challenge(payload, parseHello(payload), (hello) => ({ kind: 'hello', hello }));
      case FRAME_TYPES.JOIN:
        return this.#challenge(payload, parseJoin(payload), (join) => ({ kind: 'join', join }));
      default:
        return refused('the first frame has to be HELLO or JOIN');
    }
  }

  #challenge<T extends { readonly protocol: number }>(
    opening: Buffer,
    parsed: Parsed<T>,
    asked: (message: T) => Asked,
  ): HandshakeStep {
    if (parsed.kind === 'invalid') return refused(parsed.reason);
    const { protocol } = parsed.message;
    if (protocol !== PROTOCOL_VERSION) return { kind: 'refused', refusal: versionRefusal(protocol) };
    const challenge = Buffer.from(JSON.stringify({ nonce: randomBytes(NONCE_BYTES).toString('hex') }));
    this.#asked = asked(parsed.message);
    this.#message = authMessageOf({ opening, challenge, certificate: this.#certificate });
    return { kind: 'answer', frame: encodeFrame(FRAME_TYPES.CHALLENGE, 0, 0, challenge) };
  }
}

function refused(reason: string): HandshakeStep {
  return { kind: 'refused', refusal: protocolRefusal(reason) };
}
