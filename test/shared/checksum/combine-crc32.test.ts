import { crc32 } from 'node:zlib';
import { assert, property, uint8Array } from 'fast-check';
import t from 'tap';
import { combineCrc32 } from '../../../shared/checksum/combine-crc32.ts';

t.test('it is what zlib makes of both together', async (t) => {
  const bytes = uint8Array({ maxLength: 3000 });
  assert(
    property(bytes, bytes, (a, b) => {
      return combineCrc32(crc32(a), crc32(b), b.length) === crc32(Buffer.concat([a, b]));
    }),
  );
  t.pass();
});

t.test('of nothing, of one length again and again, and of much', async (t) => {
  const much = Buffer.alloc(5_000_001, 'x');
  const crc = crc32(much);
  t.equal(combineCrc32(0, 0, 0), 0);
  t.equal(combineCrc32(crc, 0, 0), crc);
  t.equal(combineCrc32(0, crc, much.length), crc);
  const twice = crc32(much, crc);
  t.equal(combineCrc32(crc, crc, much.length), twice);
  t.equal(combineCrc32(twice, crc, much.length), crc32(much, twice));
});
