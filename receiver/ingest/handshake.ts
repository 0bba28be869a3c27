import { randomBytes } from 'node:crypto';
import { SECRET_BYTES } from '../../shared/auth/auth.ts';
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
  | { readonly kind: 'join'; readonly join: Join; readonly credentialProof: Uint8Array | undefined }
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
      return { kind: 'opened', opening: openingOf(this.#asked, this.#message, payload) };
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
    this.#asked = asked(parsed.message);
    const nonce = randomBytes(NONCE_BYTES).toString('hex');
    const isRejoin = this.#asked.kind === 'join' && this.#asked.join.credential !== undefined;
    const challenge = Buffer.from(JSON.stringify({ nonce, ...(isRejoin ? { rejoin: 1 } : {}) }));
    this.#message = authMessageOf({ opening, challenge, certificate: this.#certificate });
    return { kind: 'answer', frame: encodeFrame(FRAME_TYPES.CHALLENGE, 0, 0, challenge) };
  }
}

/** After a JOIN that names a credential, the proof of that follows the proof of the code. */
function openingOf(asked: Asked, message: Buffer, payload: Buffer): Opening {
  if (asked.kind === 'hello') return { ...asked, auth: { message, proof: Uint8Array.from(payload) } };
  const second = asked.join.credential === undefined ? undefined : payload.subarray(SECRET_BYTES);
  const isSecond = second !== undefined && second.length > 0;
  const proof = Uint8Array.from(isSecond ? payload.subarray(0, SECRET_BYTES) : payload);
  return {
    ...asked,
    auth: { message, proof },
    credentialProof: isSecond ? Uint8Array.from(second) : undefined,
  };
}

function refused(reason: string): HandshakeStep {
  return { kind: 'refused', refusal: protocolRefusal(reason) };
}
