import { pino } from 'pino';
import t from 'tap';
import { ConnectionLog } from '../../../sender/uplink/connection-log.ts';

/** A log that remembers its lines as `message receiver reason`. */
function remembered(): { readonly connections: ConnectionLog; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const write = (line: string) => {
    const { msg, receiver, reason } = JSON.parse(line);
    lines.push([msg, receiver, reason].filter((part) => part !== undefined).join(' '));
  };
  return { connections: new ConnectionLog(pino({ level: 'debug' }, { write })), lines };
}

function waiting(receiver: string, reason: string) {
  return { kind: 'waiting', receiver, reason } as const;
}

t.test(
  'uplink invariant 3: a failure is told when it begins, changes and ends, not at each try',
  async (t) => {
    const { connections, lines } = remembered();
    connections.connected('a');
    for (let ms = 0; ms < 600_000; ms += 5000) connections.failed(waiting('a', 'cut'), ms);
    connections.failed({ kind: 'refused', receiver: 'a', reason: 'full' }, 600_000);
    connections.connected('a');
    const expected = ['connected a', 'no receiver a cut', 'the receiver refuses a full', 'connected again a'];
    t.strictSame(lines, expected);
  },
);

t.test('two receivers that fail for reasons of their own are told once each', async (t) => {
  const { connections, lines } = remembered();
  for (let ms = 0; ms < 600_000; ms += 5000) {
    connections.failed(waiting('a', 'refused'), ms);
    connections.failed(waiting('b', 'timed out'), ms);
  }
  t.strictSame(lines, ['no receiver a refused', 'no receiver b timed out']);
});

t.test('a receiver that comes and goes is told once, until a connection has lasted', async (t) => {
  const { connections, lines } = remembered();
  for (let ms = 0; ms < 600_000; ms += 5000) {
    connections.connected('a');
    connections.failed(waiting('a', 'cut'), ms);
  }
  connections.connected('a');
  const once = ['connected a', 'no receiver a cut', 'connected again a'];
  t.strictSame(lines, once);
  connections.lasted();
  connections.failed(waiting('a', 'cut'), 700_000);
  t.strictSame(lines, [...once, 'no receiver a cut']);
});

t.test('the log never goes on saying «connected» through a long outage', async (t) => {
  const { connections, lines } = remembered();
  connections.failed(waiting('a', 'cut'), 0);
  connections.connected('a');
  connections.failed(waiting('a', 'cut'), 1000);
  connections.failed(waiting('a', 'cut'), 60_999);
  t.equal(lines.at(-1), 'connected again a');
  connections.failed(waiting('a', 'cut'), 61_000);
  connections.failed(waiting('a', 'cut'), 66_000);
  t.strictSame(lines, ['no receiver a cut', 'connected again a', 'no receiver a cut']);
});

t.test('reasons that never repeat are not remembered without end', async (t) => {
  const { connections, lines } = remembered();
  for (let n = 0; n < 1000; n++) connections.failed(waiting('a', `offset ${n}`), n);
  connections.failed(waiting('a', 'offset 0'), 2000);
  t.equal(lines.length, 1001, 'the first is forgotten, and so told again');
});
