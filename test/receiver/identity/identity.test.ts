import { X509Certificate } from 'node:crypto';
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type IdentityOptions, openIdentity } from '../../../receiver/identity/identity.ts';
import { decodePair, encodePair, readPair } from '../../../receiver/identity/key-pair.ts';
import { makeCertificate } from '../../../receiver/identity/make-certificate.ts';

const NOW_MS = Date.UTC(2026, 10, 21);
const HOST_NAMES = ['receiver.lan', '192.168.1.10', 'fd00::1'];

function optionsOf(t: Test, more: Partial<IdentityOptions> = {}): IdentityOptions {
  return { directory: t.testdir(), configured: undefined, hostNames: HOST_NAMES, now: () => NOW_MS, ...more };
}

t.test('the first start makes a key and a certificate, the next ones find them', async (t) => {
  const options = optionsOf(t);
  const { current } = await openIdentity(options);
  const certificate = new X509Certificate(current.certificate);
  t.equal(certificate.fingerprint256.replaceAll(':', '').toLowerCase(), current.sha256);
  t.match(certificate.publicKey.asymmetricKeyDetails, { namedCurve: 'prime256v1' });
  t.ok(certificate.verify(certificate.publicKey), 'signed by itself');
  t.equal(certificate.checkHost('receiver.lan'), 'receiver.lan');
  t.equal(certificate.checkIP('192.168.1.10'), '192.168.1.10');
  t.ok(current.notAfterMs > NOW_MS + 9 * 365 * 86_400_000);
  t.same((await openIdentity(options)).current, current);
});

t.test('identity invariant 3: nobody else can read the key', async (t) => {
  const options = optionsOf(t);
  const { prepare } = await openIdentity(options);
  await prepare();
  const directory = join(options.directory, 'identity');
  t.equal(statSync(directory).mode & 0o777, 0o700);
  t.same(readdirSync(directory).sort(), ['current.pem', 'next.pem']);
  for (const name of readdirSync(directory)) t.equal(statSync(join(directory, name)).mode & 0o777, 0o600);
});

t.test(
  'the next certificate is used when it is switched to, and a restart in between changes nothing',
  async (t) => {
    const options = optionsOf(t);
    const first = await openIdentity(options);
    const next = await first.prepare();
    const before = first.current;
    t.not(next.sha256, before.sha256);
    const again = await openIdentity(options);
    t.same([again.current, again.next], [before, next]);
    await again.switch();
    t.same([again.current, again.next], [next, undefined]);
    const after = await openIdentity(options);
    t.same([after.current, after.next], [next, undefined]);
    await after.switch();
    t.same(after.current, next, 'nothing to switch to');
  },
);

t.test('a configured certificate is used; another one later is announced first', async (t) => {
  const [one, two] = await Promise.all([
    makeCertificate({ hostNames: ['a.example'], nowMs: NOW_MS }),
    makeCertificate({ hostNames: ['a.example'], nowMs: NOW_MS }),
  ]);
  const options = optionsOf(t, { configured: one });
  t.same((await openIdentity(options)).current, one);
  const changed = await openIdentity({ ...options, configured: two });
  t.same([changed.current, changed.next], [one, two]);
  await changed.switch();
  const after = await openIdentity({ ...options, configured: two });
  t.same([after.current, after.next], [two, undefined]);
});

t.test('what cannot be used is said in words', async (t) => {
  const options = optionsOf(t);
  const [one, two] = await Promise.all([
    makeCertificate({ hostNames: [], nowMs: NOW_MS }),
    makeCertificate({ hostNames: [], nowMs: NOW_MS }),
  ]);
  const at = (name: string) => join(options.directory, name);
  writeFileSync(at('one.crt'), one.certificate);
  writeFileSync(at('two.key'), two.key);
  writeFileSync(at('rubbish'), 'rubbish');
  const code = 'CERTIFICATE_UNUSABLE';
  await t.rejects(readPair(at('one.crt'), at('two.key')), { code, message: /do not belong together/ });
  await t.rejects(readPair(at('rubbish'), at('two.key')), { code, message: /holds no usable certificate/ });
  await t.rejects(readPair(at('none'), at('two.key')), { code, message: /there is no such file/ });
  await openIdentity(options);
  writeFileSync(join(options.directory, 'identity/current.pem'), one.certificate);
  await t.rejects(openIdentity(options), { code, message: /current\.pem holds no usable/ });
});

t.test('a pair survives being one file', async (t) => {
  const pair = await makeCertificate({ hostNames: ['x'], nowMs: NOW_MS });
  t.same(decodePair(encodePair(pair), 'here'), pair);
});

t.test(
  'a directory that cannot be written is said in words',
  { skip: process.getuid?.() === 0 && 'root may write everywhere' },
  async (t) => {
    const options = optionsOf(t);
    chmodSync(options.directory, 0o500);
    await t.rejects(openIdentity(options), { code: 'DIRECTORY_UNUSABLE' });
  },
);
