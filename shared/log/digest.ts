import { createHash } from 'node:crypto';

/** Length and SHA-256 of a run of bytes. */
export interface Digest {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** A digest that is being taken. */
export interface RunningDigest {
  /** Adds the next bytes. */
  update(chunk: Uint8Array): void;
  /** Ends it. To be called once. */
  result(): Digest;
}

/** Starts the digest of a run of bytes. */
export function startDigest(): RunningDigest {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    update(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
    },
    result: () => ({ bytes, sha256: hash.digest('hex') }),
  };
}

/** Takes the digest of all that comes. */
export async function digestOf(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const digest = startDigest();
  for await (const chunk of chunks) digest.update(chunk);
  return digest.result();
}
