import { createHash } from 'node:crypto';

/** What both sides have said and seen before the proof. */
export interface Exchange {
  /** Payload of HELLO or JOIN, byte for byte as it was sent. */
  readonly opening: Uint8Array;
  /** Payload of CHALLENGE, byte for byte. */
  readonly challenge: Uint8Array;
  /** SHA-256 of the receiver's certificate as hex; undefined without TLS. */
  readonly certificate: string | undefined;
}

const LABEL = 'fleetkeep auth 1\0';

/** The 32 bytes that proof and signature are made over; `docs/protocol.md`, section 3. */
export function authMessageOf({ opening, challenge, certificate }: Exchange): Buffer {
  const hash = createHash('sha256').update(LABEL);
  for (const part of [opening, challenge, Buffer.from(certificate ?? '', 'hex')]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  }
  return hash.digest();
}
