/** How two runs of bytes compare. */
export type BytesComparison =
  /** `bytes` long and the same. */
  | { readonly kind: 'equal'; readonly bytes: number }
  /** The same up to `offset`. */
  | { readonly kind: 'differ'; readonly offset: number }
  /** One of them ends at `bytes`; up to there they are the same. */
  | { readonly kind: 'prefix'; readonly shorter: 'a' | 'b'; readonly bytes: number };

/**
 * Compares two runs of bytes that come in pieces of any size; at most one piece of each is held. Both are closed afterwards.
 *
 * @param limit how many bytes are compared at most; all of them when not given.
 * @throws what reading either of them throws.
 */
export async function compareBytes(
  a: AsyncGenerator<Buffer, void, void>,
  b: AsyncGenerator<Buffer, void, void>,
  limit = Number.POSITIVE_INFINITY,
): Promise<BytesComparison> {
  let restA: Buffer = Buffer.alloc(0);
  let restB: Buffer = Buffer.alloc(0);
  let offset = 0;
  try {
    while (offset < limit) {
      restA = restA.length > 0 ? restA : await nextOf(a);
      restB = restB.length > 0 ? restB : await nextOf(b);
      const length = Math.min(restA.length, restB.length, limit - offset);
      if (length === 0) return ended(restA, restB, offset);
      if (restA.compare(restB, 0, length, 0, length) !== 0) {
        return { kind: 'differ', offset: offset + firstDifference(restA, restB) };
      }
      restA = restA.subarray(length);
      restB = restB.subarray(length);
      offset += length;
    }
    return { kind: 'equal', bytes: offset };
  } finally {
    await a.return();
    await b.return();
  }
}

async function nextOf(chunks: AsyncGenerator<Buffer, void, void>): Promise<Buffer> {
  const step = await chunks.next();
  return step.done === true ? Buffer.alloc(0) : step.value;
}

function ended(restA: Buffer, restB: Buffer, offset: number): BytesComparison {
  if (restA.length === restB.length) return { kind: 'equal', bytes: offset };
  return { kind: 'prefix', shorter: restA.length === 0 ? 'a' : 'b', bytes: offset };
}

function firstDifference(a: Buffer, b: Buffer): number {
  return a.findIndex((byte, index) => byte !== b[index]);
}
