import { randomBytes } from 'node:crypto';
import { clientKeyOf, isSignedBy, proofOf, twinSecretOf } from '../../shared/auth/auth.ts';
import { authMessageOf } from '../../shared/auth/auth-message.ts';
import { encodeFrame } from '../../shared/protocol/encoder.ts';
import { parseChallenge } from '../../shared/protocol/messages.ts';
import { FRAME_TYPES } from '../../shared/protocol/protocol.ts';
import type { TwinPermit } from './session-ports.ts';

/** What the node proves itself with. */
export interface NodeSecret {
  /** Names it; not secret. */
  readonly credential: string;
  readonly secret: Uint8Array;
}

const NONCE_BYTES = 16;

/** The sender's side of a connection's beginning: HELLO, the proof, and the check of the receiver's own. */
export class Proving {
  readonly #secret: NodeSecret;
  readonly #certificate: string | undefined;
  #opening: Buffer | undefined;
  #message: Buffer | undefined;

  /** @param certificate SHA-256 of the receiver's certificate, hex; undefined without TLS */
  constructor(secret: NodeSecret, certificate: string | undefined) {
    this.#secret = secret;
    this.#certificate = certificate;
  }

  /** HELLO as a frame. @param facts what it says beside credential and nonce */
  hello(facts: object): Buffer {
    const nonce = randomBytes(NONCE_BYTES).toString('hex');
    const { credential } = this.#secret;
    this.#opening = Buffer.from(JSON.stringify({ ...facts, credential, nonce }));
    return encodeFrame(FRAME_TYPES.HELLO, 0, 0, this.#opening);
  }

  /** The answer to CHALLENGE as a frame; undefined when that was none, or came unasked. */
  prove(challenge: Buffer): Buffer | undefined {
    const opening = this.#opening;
    if (opening === undefined || this.#message !== undefined) return undefined;
    if (parseChallenge(challenge).kind === 'invalid') return undefined;
    this.#message = authMessageOf({ opening, challenge, certificate: this.#certificate });
    return encodeFrame(FRAME_TYPES.PROOF, 0, 0, proofOf(this.#secret.secret, this.#message));
  }

  /** The join code that the receiver has made for this machine, a copy of another one. @param id of the code */
  permitOf(id: string): TwinPermit | undefined {
    if (this.#message === undefined) return undefined;
    const secret = twinSecretOf(clientKeyOf(this.#secret.secret), this.#message);
    return { id, secret, certificate: this.#certificate };
  }

  /** Whether the receiver that says WELCOME is the one that this node has joined. @param signature hex */
  isSigned(signature: string | undefined): boolean {
    if (this.#message === undefined || signature === undefined) return false;
    return isSignedBy(this.#secret.secret, this.#message, Buffer.from(signature, 'hex'));
  }
}
