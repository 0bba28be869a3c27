import { chmodSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type LoadConfigOptions, loadConfig } from '../../../shared/config/load.ts';

const MAY_ALL = process.getuid?.() === 0 ? 'root may read and write everything' : false;

/** Loads a config.json with this content, from a directory of its own. */
const SLACK_URL = 'https://hooks.example.org/T0/B0\n';

async function load(t: Test, content: object, options: Partial<LoadConfigOptions> = {}) {
  const secrets = { 'smtp-password': 'hunter2\n', 'slack-url': SLACK_URL };
  const cwd = t.testdir({ 'config.json': JSON.stringify(content), ...secrets });
  const loaded = await loadConfig({ cwd, hostName: 'pi.lan', ...options });
  return { ...loaded, cwd };
}

t.test('without a file, the defaults make everything run on one machine', async (t) => {
  const cwd = t.testdir();
  const { config, path } = await loadConfig({ cwd, hostName: 'pi.lan' });
  t.equal(path, undefined);
  t.match(config, {
    number_of_nodes: 100,
    to_directory: join(cwd, 'data/mirror'),
    to_addr: ['root@localhost'],
    host: '127.0.0.1',
    port: 4280,
    sleeptime: 1,
    log_level: 'info',
    receiver: { data_directory: join(cwd, 'data/receiver'), listen_address: '127.0.0.1', workers: 0 },
    sender: {
      data_directory: join(cwd, 'data/sender'),
      node_name: 'pi',
      receivers: undefined,
      sleeptime: undefined,
      retention: { days: 7, bytes: 2 * 2 ** 30 },
    },
    log: { segment_bytes: 64 * 2 ** 20 },
    mirror: { schedule: '0 * * * *', retention: { days: undefined, bytes: undefined } },
    mail: { from: undefined, smtp: [] },
  });
});

t.test('config.json of the working directory is taken, unless another file is named', async (t) => {
  const cwd = t.testdir({
    'config.json': '{ "host": "here" }',
    etc: { 'other.json': '\uFEFF{ "host": "there", "$schema": "./config.schema.json" }' },
  });
  const here = await loadConfig({ cwd });
  t.match(here, { path: join(cwd, 'config.json'), config: { host: 'here' } });
  const there = await loadConfig({ cwd, path: 'etc/other.json' });
  t.match(there, { path: join(cwd, 'etc/other.json'), config: { host: 'there' } });
  t.notOk('$schema' in there.config, 'what is for editors does not go further');
});

t.test('a file that was named must be there and readable', async (t) => {
  const cwd = t.testdir({ directory: {} });
  const wrong = { name: 'UsageError', code: 'CONFIG_INVALID' };
  await t.rejects(loadConfig({ cwd, path: 'missing.json' }), {
    ...wrong,
    message: /missing\.json: there is no such file$/,
  });
  await t.rejects(loadConfig({ cwd, path: 'directory' }), { ...wrong, message: /it is a directory$/ });
});

t.test('loadConfig() says that this user may not read the file', { skip: MAY_ALL }, async (t) => {
  const cwd = t.testdir({ 'secret.json': '{}' });
  chmodSync(join(cwd, 'secret.json'), 0o000);
  await t.rejects(loadConfig({ cwd, path: 'secret.json' }), {
    name: 'UsageError',
    code: 'CONFIG_INVALID',
    message: /this user may not read it$/,
  });
});

t.test(
  'config invariant 4: relative paths begin at the file, those of flags at the working directory',
  async (t) => {
    const cwd = t.testdir({
      etc: {
        'config.json': JSON.stringify({
          to_directory: '../mirror',
          receiver: { data_directory: '/var/lib/fleetkeep' },
          mail: { smtp: { host: 'm', ca_file: 'ca.pem' } },
        }),
      },
    });
    const overrides = { 'sender.data_directory': 'here', 'receiver.data_directory': undefined };
    const { config } = await loadConfig({ cwd, path: 'etc/config.json', overrides });
    t.equal(config.to_directory, join(cwd, 'mirror'));
    t.equal(config.receiver.data_directory, '/var/lib/fleetkeep');
    t.equal(config.mail.smtp[0]?.ca_file, join(cwd, 'etc/ca.pem'));
    t.equal(config.sender.data_directory, join(cwd, 'here'));
  },
);

t.test('config invariant 4: a config is frozen to the bottom', async (t) => {
  const { config } = await load(t, { sender: { receivers: ['a'] }, mail: { smtp: { host: 'm' } } });
  const open: string[] = [];
  const walk = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return;
    if (!Object.isFrozen(value)) open.push(path);
    for (const [key, below] of Object.entries(value)) walk(below, `${path}.${key}`);
  };
  walk(config, 'config');
  t.strictSame(open, []);
});

t.test('a flag wins over the file, key by key', async (t) => {
  const overrides = { host: 'flag', 'sender.node_name': 'node-7', sleeptime: undefined };
  const { config } = await load(
    t,
    { host: 'file', sleeptime: 5, sender: { sync_seconds: 1 } },
    { overrides },
  );
  t.match(config, { host: 'flag', sleeptime: 5, sender: { node_name: '7', sync_seconds: 1 } });
});

t.test('a mistake names the file or the command line, whichever made it', async (t) => {
  const overrides = { port: 'x', 'sender.receivers': ['a:b'], 'sender.nodename': '7' };
  const error = await load(t, { sleeptime: 0 }, { overrides }).catch((error: Error) => error);
  t.strictSame(
    String(error instanceof Error && error.message)
      .split('\n')
      .map((line) => line.split(' ').slice(0, 3).join(' ')),
    [
      'command line: port',
      `${join(t.testdirName, 'config.json')}: sleeptime is`,
      'command line: sender.receivers[0]',
      'command line: unknown',
    ],
  );
});

t.test('a flag cannot hide that the file has something else where its section should be', async (t) => {
  const overrides = { 'receiver.workers': 1 };
  await t.rejects(load(t, { receiver: 'x' }, { overrides }), {
    message: /receiver is "x", but must be an object/,
  });
});

t.test('what depends on other keys follows them', async (t) => {
  const { config } = await load(t, {
    host: '[fd00::1]',
    port: 5000,
    to_addr: 'ann@example.org, Bob <bob@example.org>,ann@example.org',
    log: { segment_bytes: '1.5 MiB' },
  });
  t.equal(config.host, 'fd00::1');
  t.equal(config.receiver.listen_address, 'fd00::1');
  t.equal(config.sender.receivers, undefined, 'the join code says where the receiver is');
  t.strictSame(config.to_addr, ['ann@example.org', 'Bob <bob@example.org>']);
  t.equal(config.log.segment_bytes, 1.5 * 2 ** 20);

  const listed = await load(t, {
    port: 5000,
    sender: { receivers: ['a.lan', 'b.lan:6000', '[::1]:7000', '::2'] },
  });
  t.strictSame(listed.config.sender.receivers, [
    { host: 'a.lan', port: 5000 },
    { host: 'b.lan', port: 6000 },
    { host: '::1', port: 7000 },
    { host: '::2', port: 5000 },
  ]);
});

t.test('the password is read from its file, which a node need not have', async (t) => {
  const content = { mail: { smtp: { host: 'm', user: 'ann', password_file: 'smtp-password' } } };
  const { config } = await load(t, content);
  t.strictSame(config.mail.smtp, [
    { host: 'm', port: 587, user: 'ann', tls: 'starttls', password: 'hunter2' },
  ]);

  t.strictSame((await load(t, content, { forNode: true })).config.mail.smtp, config.mail.smtp);

  content.mail.smtp.password_file = 'not-on-this-node';
  await t.rejects(load(t, content), { message: /there is no such file/ });
  const onNode = await load(t, content, { forNode: true });
  t.equal(onNode.config.mail.smtp[0]?.password, undefined);
});

t.test('several mail servers and the channels get what their files hold', async (t) => {
  const content = {
    mail: {
      smtp: [
        { host: 'a', ca_file: 'ca.pem' },
        { host: 'b', user: 'ann', password_file: 'smtp-password' },
      ],
    },
    alerts: {
      channels: {
        team: { kind: 'slack', url_file: 'slack-url', severities: ['critical'] },
        phone: { kind: 'ntfy', url: 'https://ntfy.sh/x', token_file: 'smtp-password', nodes: ['web-*'] },
      },
    },
  };
  const { config } = await load(t, content);
  t.match(config.mail.smtp, [
    { host: 'a', ca_file: join(t.testdirName, 'ca.pem') },
    { host: 'b', password: 'hunter2' },
  ]);
  t.match(config.alerts, {
    queue_limit: 500,
    channels: [
      { name: 'team', kind: 'slack', url: 'https://hooks.example.org/T0/B0', severities: ['critical'] },
      { name: 'phone', kind: 'ntfy', url: 'https://ntfy.sh/x', token: 'hunter2', nodes: ['web-*'] },
    ],
  });
  const onNode = await load(t, content, { forNode: true });
  t.match(onNode.config.alerts.channels, [{ name: 'phone', token: undefined }], 'not read on a node');

  await t.rejects(load(t, { alerts: { channels: { team: { kind: 'slack', url_file: 'smtp-password' } } } }), {
    message: /channels\.team\.url_file must hold a URL/,
  });
});

t.test('the config.json of this project is right', async (t) => {
  const cwd = join(import.meta.dirname, '..', '..', '..');
  await t.resolves(loadConfig({ cwd }));
});

t.test('~ at the beginning of a path is the home directory, in config.json and in flags', async (t) => {
  const content = {
    to_directory: '~/mirror',
    receiver: { data_directory: '~/receiver' },
    mail: { smtp: { host: 'mail.example.org', ca_file: '~/ca.pem' } },
  };
  const { config, cwd } = await load(t, content, { overrides: { 'sender.data_directory': '~/node' } });
  t.equal(config.to_directory, join(homedir(), 'mirror'));
  t.equal(config.receiver.data_directory, join(homedir(), 'receiver'));
  t.equal(config.sender.data_directory, join(homedir(), 'node'));
  t.equal(config.mail.smtp[0]?.ca_file, join(homedir(), 'ca.pem'));
  t.match(await load(t, { to_directory: './~mirror' }), { config: { to_directory: join(cwd, '~mirror') } });
  const refused = {
    code: 'CONFIG_INVALID',
    message: /to_directory is "~ann\/x", but must be the path of a directory/,
  };
  await t.rejects(load(t, { to_directory: '~ann/x' }), refused);
  await t.rejects(load(t, {}, { overrides: { to_directory: '~ann/x' } }), refused);
});
