import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { isSignedBy, proofOf } from '../../../shared/auth/auth.ts';
import { authMessageOf } from '../../../shared/auth/auth-message.ts';
import { createFrameDecoder } from '../../../shared/protocol/decoder.ts';
import { encodeFrame } from '../../../shared/protocol/encoder.ts';
import { FRAME_TYPES, type FrameType, HEADER_BYTES } from '../../../shared/protocol/protocol.ts';

/** The dumps of section 9 of docs/protocol.md: a bold name, a caption, and a block of hex. */
function readDumps(): ReadonlyMap<string, Buffer> {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/protocol.md'), 'utf8');
  const dumps = page.matchAll(/\*\*([A-Z]+)\*\*: [^\n]+\n\n```hex\n([^`]+)```/g);
  return new Map([...dumps].map(([, name = '', block = '']) => [name, parseDump(block)]));
}

function parseDump(block: string): Buffer {
  const lines = block.trimEnd().split('\n');
  return Buffer.from(lines.map((line) => line.slice(6, 53).replaceAll(' ', '')).join(''), 'hex');
}

const dumps = readDumps();

for (const [name, type] of Object.entries(FRAME_TYPES) as [string, FrameType][]) {
  t.test(`the dump of ${name} in docs/protocol.md is such a frame, byte for byte`, async (t) => {
    const bytes = dumps.get(name) ?? Buffer.alloc(0);
    const frames: { type: number; again: Buffer }[] = [];
    const result = createFrameDecoder().push(bytes, ({ type, segment, offset, payload }) => {
      frames.push({ type, again: encodeFrame(type, segment, offset, payload) });
    });
    t.same(result, { kind: 'ok' });
    t.equal(frames.length, 1);
    t.equal(frames[0]?.type, type);
    t.same(frames[0]?.again, bytes);
  });
}

t.test('the exchange of the dumps proves both sides, by the formulas of section 3', async (t) => {
  const payloadOf = (name: string) => (dumps.get(name) ?? Buffer.alloc(0)).subarray(HEADER_BYTES);
  const jsonOf = (name: string) => JSON.parse(payloadOf(name).toString('utf8')) as { signature: string };
  const secret = Uint8Array.from({ length: 32 }, (_, index) => index);
  const rest = {
    challenge: payloadOf('CHALLENGE'),
    certificate: '00112233445566778899aabbccddeeff'.repeat(2),
  };
  const message = authMessageOf({ opening: payloadOf('HELLO'), ...rest });
  t.same(proofOf(secret, message), payloadOf('PROOF'));
  t.ok(isSignedBy(secret, message, Buffer.from(jsonOf('WELCOME').signature, 'hex')));
  const joining = authMessageOf({ opening: payloadOf('JOIN'), ...rest });
  t.ok(isSignedBy(secret, joining, Buffer.from(jsonOf('JOINED').signature, 'hex')));
});

t.test('the dump of HEAL carries an offset beyond 32 bits', async (t) => {
  createFrameDecoder().push(dumps.get('HEAL') ?? Buffer.alloc(0), ({ segment, offset }) => {
    t.same([segment, offset], [3, 5_000_000_000]);
  });
});
