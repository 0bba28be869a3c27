import fc from 'fast-check';
import t from 'tap';
import { formatByteSize, parseByteSize } from '../../../shared/config/byte-size.ts';
import { parseHost, parseHostPort } from '../../../shared/config/host-port.ts';
import { parseMailAddress, parseMailAddresses } from '../../../shared/config/mail-addresses.ts';
import { holds } from '../../helpers/holds.ts';

t.test('a size is read in powers of 1024', async (t) => {
  t.equal(parseByteSize('64 MiB'), 67_108_864);
  t.equal(parseByteSize('2GiB'), 2_147_483_648);
  t.equal(parseByteSize('1.5 KiB'), 1536);
  t.equal(parseByteSize('0 B'), 0);
  for (const text of [
    '64 MB',
    '64',
    'MiB',
    '1,5 KiB',
    '-1 KiB',
    '1e3 KiB',
    '0.3 B',
    ' 1 KiB',
    '9999999 PiB',
  ]) {
    t.equal(parseByteSize(text), undefined, text);
  }
});

t.test('a size that is written is read back', async (t) => {
  await holds(
    t,
    fc.property(fc.nat(), (bytes) => parseByteSize(formatByteSize(bytes)) === bytes),
  );
  await holds(
    t,
    fc.property(fc.nat(2 ** 20), (mib) => formatByteSize(mib * 2 ** 20).endsWith('iB') || mib === 0),
  );
});

t.test('a host is a name, an IPv4 or an IPv6 address', async (t) => {
  for (const host of [
    'localhost',
    'receiver.lan',
    'receiver.lan.',
    '10.0.0.1',
    '::1',
    'fe80::1%eth0',
    'my_pi',
    'a',
  ]) {
    t.equal(parseHost(host), host);
  }
  t.equal(parseHost('[::1]'), '::1');
  const wrong = ['', ' ', 'a b', 'a:1', 'http://a', '[a]', '[]', '-a', 'a/b', 'a\n', 'x'.repeat(300)];
  for (const text of wrong) t.equal(parseHost(text), undefined, text);
});

t.test('a receiver is a host with a port or without', async (t) => {
  t.strictSame(parseHostPort('a.lan'), { host: 'a.lan', port: undefined });
  t.strictSame(parseHostPort('a.lan:80'), { host: 'a.lan', port: 80 });
  t.strictSame(parseHostPort('::1'), { host: '::1', port: undefined });
  t.strictSame(parseHostPort('::1:80'), { host: '::1:80', port: undefined }, 'which is an address by itself');
  t.strictSame(parseHostPort('[::1]'), { host: '::1', port: undefined });
  t.strictSame(parseHostPort('[::1]:80'), { host: '::1', port: 80 });
  for (const text of ['', ':80', 'a:', 'a:0', 'a:65536', 'a:b', 'a:1:2', '[a]:80', '[::1]80', '[::1']) {
    t.equal(parseHostPort(text), undefined, text);
  }
});

t.test('a mail address cannot become more than one header', async (t) => {
  t.equal(parseMailAddress(' ann@example.org '), 'ann@example.org');
  t.equal(parseMailAddress('Ann Müller <ann@example.org>'), 'Ann Müller <ann@example.org>');
  const wrong = [
    '',
    'ann',
    '@b',
    'a@',
    'a@b c',
    'a@b\r\nBcc: c@d',
    'A\r\nBcc: c@d <a@b>',
    'a@b;c@d',
    '<a@b>',
    '"A" <a@b>',
  ];
  for (const text of wrong) t.equal(parseMailAddress(text), undefined, JSON.stringify(text));
  t.equal(parseMailAddresses('a@b,'), undefined);
  t.strictSame(parseMailAddresses('a@b , c@d,a@b'), ['a@b', 'c@d'], 'each once');
});
