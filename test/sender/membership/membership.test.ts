import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { addressesOf } from '../../../sender/membership/addresses.ts';
import { type Membership, readMembership, writeMembership } from '../../../sender/membership/membership.ts';
import { setTwinAside } from '../../../sender/membership/set-twin-aside.ts';
import { loadConfig } from '../../../shared/config/load.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';

const MEMBERSHIP: Membership = {
  node: parseNodeName('kitchen'),
  credential: '6f1c2d3e-4b5a-4978-8899-aabbccddeeff',
  secret: new Uint8Array(32).fill(7),
  receiver: 'receiver-1',
  addresses: [{ host: '10.0.0.5', port: 4280 }],
  certificates: ['ab'.repeat(32)],
  code: '00c0de00c0de00c0',
  machine: 'm1',
};

t.test('what is written is read again, and for nobody else to read', async (t) => {
  const directory = join(t.testdir(), 'data');
  t.equal(await readMembership(directory), undefined);
  await writeMembership(directory, MEMBERSHIP);
  t.strictSame(await readMembership(directory), MEMBERSHIP);
  t.equal(statSync(join(directory, 'credentials.json')).mode & 0o777, 0o600);
});

t.test('a damaged file is an error in words, without what is in it', async (t) => {
  const directory = t.testdir();
  for (const text of ['', '{', '{"secret":"hush"}']) {
    writeFileSync(join(directory, 'credentials.json'), text);
    const error = await readMembership(directory).catch((caught: unknown) => caught);
    t.match(error, { code: 'DIRECTORY_UNUSABLE', hint: /join again/ });
    t.notMatch(String(error), /hush/);
  }
});

t.test('what a copied data directory brought along is set aside, and nothing else', async (t) => {
  const directory = t.testdir({
    'credentials.json': '{}',
    installation: 'x',
    logs: { 'node-a.log': '' },
    other: '',
  });
  await setTwinAside(directory, new Date(Date.UTC(2026, 10, 21)));
  t.strictSame(readdirSync(directory).sort(), [
    'credentials.json@copied-20261121T000000000Z'.replace('20261121', '2026-11-21'),
    'installation@copied-2026-11-21T000000000Z',
    'logs@copied-2026-11-21T000000000Z',
    'other',
  ]);
});

t.test(
  'where receivers are tried: the configured ones, else those of the join code and a host that is not this machine',
  async (t) => {
    const cwd = t.testdir();
    mkdirSync(cwd, { recursive: true });
    const of = async (overrides: object) =>
      addressesOf((await loadConfig({ cwd, overrides: { ...overrides } })).config, MEMBERSHIP);
    t.strictSame(await of({}), [{ host: '10.0.0.5', port: 4280 }]);
    t.strictSame(await of({ host: '127.0.0.1' }), [{ host: '10.0.0.5', port: 4280 }]);
    t.strictSame(await of({ host: '0.0.0.0' }), [{ host: '10.0.0.5', port: 4280 }]);
    t.strictSame(await of({ host: '10.0.0.9' }), [
      { host: '10.0.0.5', port: 4280 },
      { host: '10.0.0.9', port: 4280 },
    ]);
    t.strictSame(await of({ host: '10.0.0.5' }), [{ host: '10.0.0.5', port: 4280 }]);
    t.strictSame(await of({ 'sender.receivers': ['a.lan:1'] }), [{ host: 'a.lan', port: 1 }]);
  },
);
