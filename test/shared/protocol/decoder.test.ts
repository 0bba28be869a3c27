import fc from 'fast-check';
import t from 'tap';
import { createFrameDecoder, type FrameDecoderOptions } from '../../../shared/protocol/decoder.ts';
import { encodeFrame, encodeHeader, encodeJsonFrame } from '../../../shared/protocol/encoder.ts';
import {
  FRAME_TYPES,
  type FrameType,
  HEADER_BYTES,
  MAX_PAYLOAD_BYTES,
} from '../../../shared/protocol/protocol.ts';
import { holds } from '../../helpers/holds.ts';

const SEED = Number(process.env['FLEETKEEP_SEED'] ?? Date.now() % 1_000_000);

interface Heard {
  readonly type: number;
  readonly segment: number;
  readonly offset: number;
  readonly payload: string;
}

/**
 * Decodes chunks; what came out and how it ended. Lent chunks are all in the same place, and overwritten once they have been
 * pushed.
 */
function decode(chunks: readonly Buffer[], options: FrameDecoderOptions = {}) {
  const decoder = createFrameDecoder(options);
  const heard: Heard[] = [];
  let result: ReturnType<typeof decoder.push> = { kind: 'ok' };
  const lent = Buffer.alloc(Math.max(0, ...chunks.map((chunk) => chunk.length)));
  for (const chunk of chunks) {
    chunk.copy(lent);
    const pushed = options.isLent === true ? lent.subarray(0, chunk.length) : chunk;
    result = decoder.push(pushed, ({ type, segment, offset, payloadBytes, parts, payload }) => {
      heard.push({ type, segment, offset, payload: Buffer.concat(parts).toString('hex') });
      if (payloadBytes !== payload.length || !payload.equals(Buffer.concat(parts)))
        throw new Error('the payload is not what its parts are');
    });
    lent.fill('?');
  }
  return { heard, result, decoder };
}

t.test('a frame whose bits were flipped is never yielded', async (t) => {
  const frame = encodeFrame(FRAME_TYPES.DATA, 7, 4096, Buffer.from('{"t":"x"}\n'));
  for (let bit = 0; bit < frame.length * 8; bit++) {
    const flipped = Buffer.from(frame);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    // A longer length waits for bytes that never come; everything else is broken at once.
    if (decode([flipped]).heard.length > 0) t.fail(`bit ${bit}`);
  }
  t.pass(`${frame.length * 8} bits`);
});

t.test('what is wrong with a header is said in plain words, and nothing is decoded afterwards', async (t) => {
  const good = encodeFrame(FRAME_TYPES.PING);
  const patched = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(good);
    bytes.writeUInt8(value, at);
    return bytes;
  };
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [patched(0, 0), /type 0/],
    [patched(0, 18), /type 18/],
    [patched(1, 2), /version 2/],
    [patched(3, 1), /reserved/],
    [patched(4, 0xff), /claims \d+ bytes, at most 1048576/],
    [patched(12, 0xff), /beyond 2\^53/],
    [patched(23, good.readUInt8(23) ^ 1), /CRC-32/],
  ];
  for (const [bytes, reason] of cases) {
    const { heard, result } = decode([bytes, good]);
    t.match(result, { kind: 'broken', reason });
    t.same(heard, []);
  }
});

t.test('a lying length is refused before anything is kept for it', async (t) => {
  const header = encodeHeader(FRAME_TYPES.DATA, 1, 0, Buffer.alloc(100));
  t.match(decode([header], { maxPayloadBytes: 99 }).result, { kind: 'broken' });
  const { decoder, result } = decode([header.subarray(0, HEADER_BYTES)]);
  t.same(result, { kind: 'ok' });
  t.equal(decoder.pendingBytes, HEADER_BYTES, 'only what has come is kept');
});

t.test('two frames cut at every byte, in two or in three, are the same two frames', async (t) => {
  const first = encodeFrame(FRAME_TYPES.DATA, 7, 4096, Buffer.from('{"t":"x"}\n'));
  const second = encodeFrame(FRAME_TYPES.CONTROL, 0, 0, Buffer.from('{}'));
  const bytes = Buffer.concat([first, second]);
  const { heard: expected } = decode([first, second]);
  t.equal(expected.length, 2);
  for (let one = 0; one <= bytes.length; one++) {
    for (let two = one; two <= bytes.length; two++) {
      for (const isLent of [false, true]) {
        const chunks = [bytes.subarray(0, one), bytes.subarray(one, two), bytes.subarray(two)];
        const { heard, decoder } = decode(chunks, { isLent });
        if (JSON.stringify(heard) !== JSON.stringify(expected) || decoder.pendingBytes !== 0)
          t.fail(`cut at ${one} and ${two}${isLent ? ', lent' : ''}`);
      }
    }
  }
});

/** A frame of 200 kB that comes in pieces, which are overwritten afterwards when they are lent. */
function largeFrame(pieceBytes: number): { readonly payload: Buffer; readonly pieces: Buffer[] } {
  const payload = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at % 251));
  const frame = encodeFrame(FRAME_TYPES.DATA, 1, 0, payload);
  const pieces: Buffer[] = [];
  for (let at = 0; at < frame.length; at += pieceBytes) pieces.push(frame.subarray(at, at + pieceBytes));
  return { payload, pieces };
}

for (const pieceBytes of [1, 1000, 10_000, 65_536]) {
  t.test(
    `a large frame that comes ${pieceBytes} bytes at a time is yielded whole, in few parts`,
    async (t) => {
      for (const isLent of [false, true]) {
        const { payload, pieces } = largeFrame(pieceBytes);
        const decoder = createFrameDecoder({ isLent });
        let count = 0;
        for (const piece of pieces) {
          const pushed = isLent ? Buffer.from(piece) : piece;
          decoder.push(pushed, ({ parts }) => {
            count += 1;
            t.ok(Buffer.concat(parts).equals(payload));
            t.ok(parts.length <= 30, `${parts.length} parts`);
          });
          if (isLent) pushed.fill('?');
        }
        t.equal(count, 1);
        t.equal(decoder.pendingBytes, 0);
      }
    },
  );
}

t.test('a large chunk that is not lent is not copied', async (t) => {
  const { pieces } = largeFrame(65_536);
  const decoder = createFrameDecoder();
  for (const piece of pieces)
    decoder.push(piece, ({ parts }) => t.ok(parts.every((part) => part.buffer === piece.buffer)));
});

t.test('a wrong byte in the last part of a frame, and nothing of it is yielded', async (t) => {
  for (const isLent of [false, true]) {
    const { pieces } = largeFrame(65_536);
    const last = pieces.at(-1);
    last?.writeUInt8(last.readUInt8(last.length - 1) ^ 1, last.length - 1);
    const { heard, result } = decode(pieces, { isLent });
    t.match(result, { kind: 'broken', reason: /CRC-32/ });
    t.same(heard, []);
  }
});

t.test('the encoder refuses what no decoder takes', async (t) => {
  t.throws(() => encodeFrame(FRAME_TYPES.DATA, 1, 0, Buffer.alloc(MAX_PAYLOAD_BYTES + 1)), RangeError);
  t.throws(() => encodeJsonFrame(FRAME_TYPES.CONTROL, { text: 'x'.repeat(70_000) }), RangeError);
});

const frame = fc.record({
  type: fc.constantFrom(...(Object.values(FRAME_TYPES) as FrameType[])),
  segment: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  offset: fc.maxSafeNat(),
  payload: fc.uint8Array({ maxLength: 300 }),
});

t.test(`frames cut anywhere decode to the same frames (seed ${SEED})`, async (t) => {
  await holds(
    t,
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.nat(400), { maxLength: 60 }),
      fc.boolean(),
      (frames, cuts, isLent) => {
        const bytes = Buffer.concat(
          frames.map(({ type, segment, offset, payload }) => encodeFrame(type, segment, offset, payload)),
        );
        const chunks: Buffer[] = [];
        let at = 0;
        for (const size of cuts) {
          chunks.push(bytes.subarray(at, at + size));
          at = Math.min(bytes.length, at + size);
        }
        chunks.push(bytes.subarray(at));
        const expected = frames.map((one) => ({ ...one, payload: Buffer.from(one.payload).toString('hex') }));
        const { heard, result, decoder } = decode(chunks, { isLent });
        return (
          result.kind === 'ok' &&
          decoder.pendingBytes === 0 &&
          JSON.stringify(heard) === JSON.stringify(expected)
        );
      },
    ),
    { seed: SEED, numRuns: 500 },
  );
  t.pass();
});

t.test(`random bytes never throw (seed ${SEED})`, async (t) => {
  await holds(
    t,
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (chunks) => {
      decode(chunks.map((chunk) => Buffer.from(chunk)));
    }),
    { seed: SEED, numRuns: 500 },
  );
  t.pass();
});
