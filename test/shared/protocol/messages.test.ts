import t from 'tap';
import {
  parseControl,
  parseGoodbye,
  parseHello,
  parseRefused,
  parseWelcome,
} from '../../../shared/protocol/messages.ts';

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const hello = {
  protocol: 1,
  credential: '6f1c2d3e-4b5a-4978-8899-aabbccddeeff',
  nonce: '0f0e0d0c0b0a09080706050403020100',
  node: 'node-7',
  log: '0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
  host_name: 'kitchen',
  boot_id: 'b-1',
  version: '0.1.0',
  sleeptime: 1,
  oldest: 1,
  open: [{ segment: 1, bytes: 0, crc: 0 }],
};

t.test('HELLO: the node name is made canonical, unknown keys are ignored', async (t) => {
  t.match(parseHello(json({ ...hello, more: 1 })), { kind: 'ok', message: { node: '7' } });
});

t.test('HELLO: what is not allowed is refused with the key and the reason', async (t) => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ node: '../../etc/passwd' }, /node: .*is not a node name/],
    [{ node: 'a\r\nBcc: x' }, /node: .*is not a node name/],
    [{ log: 'x' }, /log: .*is not the id of a log/],
    [{ boot_id: '<script>' }, /boot_id/],
    [{ open: [] }, /open/],
    [{ oldest: 0 }, /oldest/],
    [{ oldest: 100_000_000 }, /oldest/],
    [{ sleeptime: 'now' }, /sleeptime/],
    [{ credential: 'x' }, /credential/],
    [{ nonce: '00' }, /nonce/],
  ];
  for (const [change, reason] of cases) {
    t.match(parseHello(json({ ...hello, ...change })), { kind: 'invalid', reason });
  }
  t.match(parseHello(Buffer.from('{')), { kind: 'invalid', reason: /not JSON/ });
  t.match(parseHello(Buffer.alloc(70_000, 0x20)), { kind: 'invalid', reason: /70000 bytes/ });
});

t.test('WELCOME and REFUSED', async (t) => {
  const welcome = {
    protocol: 1,
    receiver: 'r',
    version: '1',
    sleeptime: 1,
    now: 'x',
    at: { segment: 1, offset: 0, crc: 0 },
  };
  t.match(parseWelcome(json(welcome)), { kind: 'ok' });
  t.match(parseWelcome(json({ ...welcome, at: { segment: 1, offset: -1, crc: 0 } })), { kind: 'invalid' });
  t.match(parseRefused(json({ code: 'limit', message: 'full', retry_after_s: 5 })), { kind: 'ok' });
  const waits = [-1, 0, 0.5, 86_400, 86_401, 1e300, 'soon', null].map((retry_after_s) => {
    const parsed = parseRefused(json({ code: 'limit', message: 'x'.repeat(2000), retry_after_s }));
    return parsed.kind === 'ok' ? [parsed.message.retry_after_s, parsed.message.message.length] : [];
  });
  t.strictSame(
    waits,
    [0, 0, 0.5, 86_400, 86_400, 86_400, 0, 0].map((seconds) => [seconds, 1000]),
    'a refusal counts whatever it asks for, and the wait is brought into its range',
  );
  t.match(parseRefused(json({ code: 'limit' })), { kind: 'invalid' });
});

t.test('CONTROL: kinds that are not known are to be ignored', async (t) => {
  t.same(parseControl(json({ kind: 'interval', sleeptime: 5 })), { kind: 'interval', sleeptime: 5 });
  t.equal(parseControl(json({ kind: 'dance' })), undefined);
  t.equal(parseControl(json({ kind: 'interval', sleeptime: 'soon' })), undefined);
});

t.test('GOODBYE: the reason, or nothing', async (t) => {
  t.equal(parseGoodbye(json({ reason: 'stopped' })), 'stopped');
  t.equal(parseGoodbye(Buffer.from('?')), '');
});
