/**
 * Who is who on the wire: challenge and response with a secret of 32 random bytes, after SCRAM (RFC 5802, section 3) with SHA-256.
 * Secrets here are random keys, not passwords, so SCRAM's salt and iterations, which slow down guessing, are left out.
 *
 *     ClientKey       = HMAC(secret, "Client Key")          known to the sender only
 *     StoredKey       = SHA-256(ClientKey)                  kept by the receiver
 *     ServerKey       = HMAC(secret, "Server Key")          kept by the receiver
 *     ClientProof     = ClientKey XOR HMAC(StoredKey, message)
 *     ServerSignature = HMAC(ServerKey, message)
 *
 * 1. No secret is ever sent. Who listens learns nothing that works a second time, since both sides put a nonce into `message`.
 * 2. The receiver keeps a {@link Verifier}: enough to check a proof, not to make one.
 * 3. Both sides prove themselves: a receiver that was not given the secret's verifier cannot sign.
 * 4. `message` names the certificate that each side believes to be in use, so a proof passed on by somebody in between is void.
 */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of a secret, a key and a proof. */
export const SECRET_BYTES = 32;

/** What a receiver keeps of a secret. */
export interface Verifier {
  /** StoredKey. */
  readonly storedKey: Uint8Array;
  /** ServerKey. */
  readonly serverKey: Uint8Array;
}

/** What a receiver learns from a right proof. */
export interface Proven {
  /** ClientKey: shared with the sender, never said on the wire. Not to be kept. */
  readonly clientKey: Uint8Array;
  /** ServerSignature, which proves the receiver to the sender. */
  readonly signature: Buffer;
}

/** What the receiver is to keep of a secret. */
export function verifierOf(secret: Uint8Array): Verifier {
  return { storedKey: sha256(clientKeyOf(secret)), serverKey: hmac(secret, 'Server Key') };
}

/** ClientProof: proves to the holder of the verifier that the secret is known here. */
export function proofOf(secret: Uint8Array, message: Uint8Array): Buffer {
  const clientKey = clientKeyOf(secret);
  return xor(clientKey, hmac(sha256(clientKey), message));
}

/** Checks a ClientProof; undefined when it is wrong. */
export function checkProof(verifier: Verifier, message: Uint8Array, proof: Uint8Array): Proven | undefined {
  if (proof.length !== SECRET_BYTES) return undefined;
  const clientKey = xor(proof, hmac(verifier.storedKey, message));
  if (!timingSafeEqual(sha256(clientKey), verifier.storedKey)) return undefined;
  return { clientKey, signature: hmac(verifier.serverKey, message) };
}

/** Whether a ServerSignature is that of a receiver that holds the verifier of this secret. */
export function isSignedBy(secret: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SECRET_BYTES) return false;
  return timingSafeEqual(hmac(hmac(secret, 'Server Key'), message), signature);
}

/**
 * The node's own secret, of which sender and receiver each make their copy after a join: from the ClientKey of the join code,
 * which only these two know, and from `message`, which no other join shares.
 */
export function nodeSecretOf(clientKey: Uint8Array, message: Uint8Array): Buffer {
  return hmac(clientKey, Buffer.concat([Buffer.from('Node Secret'), message]));
}

/**
 * The secret of the join code that lets a copy of a machine become a node of its own. Both sides make it from the ClientKey of the
 * credential that the copy has proven, and from `message`.
 */
export function twinSecretOf(clientKey: Uint8Array, message: Uint8Array): Buffer {
  return hmac(clientKey, Buffer.concat([Buffer.from('Twin Secret'), message]));
}

/** ClientKey of a secret. */
export function clientKeyOf(secret: Uint8Array): Buffer {
  return hmac(secret, 'Client Key');
}

function hmac(key: Uint8Array, data: Uint8Array | string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

function sha256(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}
