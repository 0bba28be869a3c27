import { join } from 'node:path';
import t from 'tap';
import { readStartOrder } from '../../../sender/commands/read-start-order.ts';
import { encodeJoinCode } from '../../../shared/auth/join-code.ts';
import { loadConfig } from '../../../shared/config/load.ts';

const JOIN = {
  id: '0123456789abcdef',
  secret: new Uint8Array(32).fill(7),
  certificate: 'ab'.repeat(32),
  addresses: ['192.0.2.1:4280'],
};

t.test('what start is to do comes from another process as it would be read here', async (t) => {
  const mail = { smtp: [{ host: 'mail.example.org', user: 'fleet', password_file: 'missing' }] };
  const cwd = t.testdir({ 'config.json': JSON.stringify({ mail, to_addr: 'root@example.org' }) });
  const path = join(cwd, 'config.json');
  const order = await readStartOrder([
    'start',
    ...['--config', path, '--data-directory', join(cwd, 'here'), '--sleeptime', '0.5'],
    ...['--join', encodeJoinCode(JOIN), '--quiet'],
  ]);
  const overrides = { 'sender.data_directory': join(cwd, 'here'), 'sender.sleeptime': 0.5 };
  const { config } = await loadConfig({ path, cwd, overrides, forNode: true });
  t.strictSame(order, { config, flags: { join: JOIN, quiet: true } });
  t.equal(order?.config.sender.sleeptime, 0.5);
});

t.test('a command line that asks for something else, or is wrong, gives no order', async (t) => {
  const cwd = t.testdir({ 'config.json': '{ "prot": 1 }' });
  for (const more of [['--help'], ['--sleeptime', 'often'], ['--config', join(cwd, 'config.json')]])
    t.equal(await readStartOrder(['start', ...more]), undefined, more.join(' '));
});
