import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { encodeJoinCode, type JoinCode, parseJoinCode } from '../../../shared/auth/join-code.ts';
import { holds } from '../../helpers/holds.ts';

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((part) => Buffer.from(part).toString('hex'));

const joinCode: fc.Arbitrary<JoinCode> = fc.record(
  {
    id: hex(8),
    secret: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Uint8Array.from(bytes)),
    certificate: fc.option(hex(32), { nil: undefined }),
    addresses: fc.array(fc.constantFrom('10.0.0.5:4280', 'receiver.lan:4280', '[fd00::1]:1'), {
      minLength: 1,
      maxLength: 6,
    }),
  },
  { noNullPrototype: true },
);

t.test('a code is read as it was made, whatever pasting has done to its spaces', async (t) => {
  await holds(
    t,
    fc.property(joinCode, fc.nat(), (code, at) => {
      const text = encodeJoinCode(code);
      const broken = ` ${text.slice(0, at % text.length)}\r\n  ${text.slice(at % text.length)}\n`;
      deepStrictEqual(parseJoinCode(broken), code);
    }),
    { numRuns: 50, verbose: true },
  );
});

t.test('a code with a slip in it, or without its end, is none', async (t) => {
  await holds(
    t,
    fc.property(joinCode, fc.nat(), fc.constantFrom('A', 'b', '7', '_'), (code, at, slip) => {
      const text = encodeJoinCode(code);
      const place = 4 + (at % (text.length - 4));
      const changed = text.slice(0, place) + slip + text.slice(place + 1);
      // The last character may carry bits that mean nothing.
      ok(changed === text || place === text.length - 1 || parseJoinCode(changed) === undefined);
      strictEqual(parseJoinCode(text.slice(0, place)), undefined);
    }),
    { numRuns: 50, verbose: true },
  );
});

t.test('what is no code is none', async (t) => {
  for (const text of ['', 'fk1-', 'fk2-AAAA', 'hello', `fk1-${'A'.repeat(100)}`, `fk1-${'A'.repeat(5000)}`]) {
    t.equal(parseJoinCode(text), undefined);
  }
});
