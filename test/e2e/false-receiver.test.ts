import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { FRAME_TYPES } from '../../shared/protocol/protocol.ts';
import { joinedBefore } from '../helpers/known-nodes.ts';
import { preparePlace } from '../helpers/programs.ts';
import { startScriptedReceiver } from '../helpers/scripted-receiver.ts';
import { until } from '../helpers/until.ts';

t.setTimeout(600_000);

t.test(
  'a receiver that holds more than was ever written: the sender sets its log aside and goes on',
  async (t) => {
    const place = await preparePlace(t.testdir(), { transport: 'plain_on_encrypted_network' });
    await using receiver = await startScriptedReceiver({ port: place.port });
    const data = join(place.directory, 'sender');
    await joinedBefore(data, '7', place.port);
    await using sender = await place.start('sender');
    const first = (await (await receiver.call(1)).nextJson(FRAME_TYPES.HELLO)) as { log: string };
    const call = await receiver.call(1);
    call.welcome({ segment: 99, offset: 5, crc: 1 });
    const second = (await (await receiver.call(2)).nextJson(FRAME_TYPES.HELLO)) as { log: string };
    t.not(second.log, first.log, 'it connects again with a log of its own');
    t.match(readdirSync(join(data, 'logs')).sort().join(' '), /node-7@old-copy-\S+ node-7@old-copy-\S+\.log/);
    (await receiver.call(2)).welcome({ segment: 1, offset: 0, crc: 0 });
    await until(async () => (await receiver.call(2)).dataBytes > 0, { timeoutMs: 10_000, what: 'its lines' });
    t.notMatch(sender.stderr(), / {4}at |report it/, 'no stack trace');
    t.equal(sender.child.exitCode, null, 'it is the same process');
  },
);
