import { randomBytes } from 'node:crypto';
import t from 'tap';
import {
  checkProof,
  clientKeyOf,
  isSignedBy,
  nodeSecretOf,
  proofOf,
  verifierOf,
} from '../../../shared/auth/auth.ts';
import { authMessageOf } from '../../../shared/auth/auth-message.ts';

const secret = randomBytes(32);
const message = randomBytes(32);

t.test('a proof is right for its secret and its message, and for nothing else', async (t) => {
  const verifier = verifierOf(secret);
  const proof = proofOf(secret, message);
  t.ok(checkProof(verifier, message, proof));
  t.equal(checkProof(verifier, randomBytes(32), proof), undefined, 'another message');
  t.equal(checkProof(verifierOf(randomBytes(32)), message, proof), undefined, 'another secret');
  t.equal(checkProof(verifier, message, proof.subarray(1)), undefined, 'too short');
  t.equal(checkProof(verifier, message, Buffer.concat([proof, proof])), undefined, 'too long');
  for (let bit = 0; bit < 256; bit++) {
    const flipped = Buffer.from(proof);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    if (checkProof(verifier, message, flipped) !== undefined) t.fail(`bit ${bit} does not matter`);
  }
});

t.test('auth invariant 2: what the receiver keeps makes no proof', async (t) => {
  const verifier = verifierOf(secret);
  for (const stolen of [verifier.storedKey, verifier.serverKey]) {
    t.equal(checkProof(verifier, message, proofOf(stolen, message)), undefined);
    t.equal(checkProof(verifier, message, stolen), undefined);
  }
});

t.test('auth invariant 3: the receiver signs, and only one that holds the verifier can', async (t) => {
  const proven = checkProof(verifierOf(secret), message, proofOf(secret, message));
  t.ok(proven && isSignedBy(secret, message, proven.signature));
  t.notOk(isSignedBy(secret, randomBytes(32), proven?.signature ?? new Uint8Array()), 'another message');
  t.notOk(isSignedBy(randomBytes(32), message, proven?.signature ?? new Uint8Array()), 'another secret');
  t.notOk(isSignedBy(secret, message, new Uint8Array()), 'nothing');
});

t.test(
  'both sides of a join come to the same secret of the node, another one for each exchange',
  async (t) => {
    const proven = checkProof(verifierOf(secret), message, proofOf(secret, message));
    const atReceiver = nodeSecretOf(proven?.clientKey ?? new Uint8Array(), message);
    t.same(atReceiver, nodeSecretOf(clientKeyOf(secret), message));
    t.notSame(atReceiver, nodeSecretOf(clientKeyOf(secret), randomBytes(32)));
  },
);

t.test('auth invariant 4: the message names all that was said, and the certificate', async (t) => {
  const exchange = { opening: Buffer.from('ab'), challenge: Buffer.from('c'), certificate: undefined };
  const plain = authMessageOf(exchange);
  t.equal(plain.length, 32);
  const others = [
    authMessageOf({ ...exchange, opening: Buffer.from('a'), challenge: Buffer.from('bc') }),
    authMessageOf({ ...exchange, certificate: '00'.repeat(32) }),
    authMessageOf({ ...exchange, challenge: Buffer.from('d') }),
  ];
  for (const other of others) t.notSame(plain, other);
});
