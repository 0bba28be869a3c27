import t from 'tap';
import { decideResume } from '../../../sender/uplink/resume.ts';
import { applyRetention } from '../../../shared/log/retention.ts';
import { appendSamples, NOON_MS } from '../../helpers/logs.ts';
import { uplinkNode } from '../../helpers/uplink-node.ts';

// What each decision leads to is in session-resume.test.ts; here is what may change while it is made.

t.test('decideResume() does not wait at a segment that retention has dropped since HELLO', async (t) => {
  await using node = await uplinkNode(t);
  appendSamples(node.writer, 0, 10);
  node.writer.closeSegment(NOON_MS);
  await node.sealer.idle();
  const dropped = await applyRetention(node.paths, { maxBytes: 0 }, 2, NOON_MS);
  for (const number of dropped) node.writer.forget(number);
  t.strictSame(dropped, [1]);
  const at = { segment: 1, offset: 0, crc: 0 };
  await t.rejects(decideResume(node.writer, at, new Set()), { message: /segment 1 has been dropped/ });
});

t.test(
  'decideResume() settles interrupted segments only, also when the open one is closed meanwhile',
  async (t) => {
    await using node = await uplinkNode(t);
    appendSamples(node.writer, 0, 100);
    await node.losePower(3000);
    const at = { segment: 1, offset: 0, crc: 0 };
    const deciding = decideResume(node.writer, at, new Set());
    // Midnight comes while the interrupted segment is being measured.
    node.writer.closeSegment(NOON_MS);
    t.strictSame(await deciding, { kind: 'send', from: { segment: 1, offset: 0 } });
    t.strictSame([node.writer.interrupted, node.writer.end.segment], [[], 3]);
  },
);
