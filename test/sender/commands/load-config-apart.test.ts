import { join } from 'node:path';
import t from 'tap';
import { loadConfigApart } from '../../../sender/commands/load-config-apart.ts';
import { loadConfig } from '../../../shared/config/load.ts';

t.test('a configuration that was loaded apart is the one that is loaded here', async (t) => {
  const mail = {
    smtp: [{ host: 'mail.example.org', user: 'fleet', password_file: 'missing' }],
    from: 'fleet@example.org',
  };
  const cwd = t.testdir({ 'config.json': JSON.stringify({ mail, to_addr: 'root@example.org' }) });
  const overrides = { 'sender.data_directory': 'here', 'sender.sleeptime': 0.5, host: undefined };
  const options = { cwd, overrides, forNode: true, hostName: 'kitchen' };
  const apart = await loadConfigApart(options);
  t.strictSame(apart, await loadConfig(options));
  t.equal(apart.config.sender.data_directory, join(cwd, 'here'));
  t.equal(apart.path, join(cwd, 'config.json'));
});

t.test('a configuration that is wrong is refused in the same words', async (t) => {
  const cwd = t.testdir({ 'config.json': '{ "prot": 1 }' });
  await t.rejects(loadConfigApart({ cwd, forNode: true }), {
    code: 'CONFIG_INVALID',
    message: /config\.json: unknown key "prot"/,
  });
});
