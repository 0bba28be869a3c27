import t from 'tap';
import { listConfigKeys } from '../../../shared/config/keys.ts';
import { suggestKey } from '../../../shared/config/suggest-key.ts';

const KEYS = listConfigKeys().map(({ key }) => key);

const EXPECTED: Readonly<Record<string, string | undefined>> = {
  sleeptme: 'sleeptime',
  sleep_time: 'sleeptime',
  SleepTime: 'sleeptime',
  'number-of-nodes': 'number_of_nodes',
  nodename: 'sender.node_name',
  to_address: 'to_addr',
  data_directory: 'receiver.data_directory',
  'sender.data_dir': undefined,
  'sender.datadirectory': 'sender.data_directory',
  'mail.host': 'host',
  'mail.smtp.usr': 'mail.smtp.user',
  smtp: 'mail.smtp',
  'recieiver.workers': 'receiver.workers',
  x: undefined,
  verbose: undefined,
};

t.test('a key that does not exist is answered with the one that was probably meant', async (t) => {
  for (const [wrong, meant] of Object.entries(EXPECTED)) t.equal(suggestKey(wrong, KEYS), meant, wrong);
});

t.test('every key is its own suggestion', async (t) => {
  for (const key of KEYS) t.equal(suggestKey(key, KEYS), key);
});
