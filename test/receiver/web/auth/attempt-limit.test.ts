import t from 'tap';
import { AttemptLimit } from '../../../../receiver/web/auth/attempt-limit.ts';

t.test('five attempts are free, then each wait is twice the one before, up to five minutes', async (t) => {
  let nowMs = 0;
  const limit = new AttemptLimit(() => nowMs);
  const waits = [];
  for (let attempt = 0; attempt < 15; attempt += 1) {
    limit.failed('192.0.2.1');
    waits.push(limit.waitMs('192.0.2.1') / 1000);
    nowMs += limit.waitMs('192.0.2.1');
  }
  t.strictSame(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  t.equal(limit.waitMs('192.0.2.2'), 0, 'others need not wait');
});

t.test('who succeeds, or is quiet for a quarter of an hour, begins anew', async (t) => {
  let nowMs = 0;
  const limit = new AttemptLimit(() => nowMs);
  const fail = (address: string) => {
    for (let attempt = 0; attempt < 20; attempt += 1) limit.failed(address);
  };
  fail('a');
  t.equal(limit.waitMs('a'), 300_000);
  limit.succeeded('a');
  t.equal(limit.waitMs('a'), 0);
  fail('b');
  nowMs += 15 * 60_000;
  limit.failed('b');
  t.equal(limit.waitMs('b'), 0);
});

t.test('of many addresses the one heard of longest ago is forgotten', async (t) => {
  const limit = new AttemptLimit(() => 0);
  for (let attempt = 0; attempt < 6; attempt += 1) limit.failed('old');
  for (let attempt = 0; attempt < 6; attempt += 1) limit.failed('lively');
  for (let index = 0; index < 9_998; index += 1) limit.failed(`10.0.${index}`);
  t.ok(limit.waitMs('old') > 0, 'there is room for ten thousand');
  limit.failed('lively');
  limit.failed('one more');
  t.equal(limit.waitMs('old'), 0);
  t.ok(limit.waitMs('lively') > 0);
});
