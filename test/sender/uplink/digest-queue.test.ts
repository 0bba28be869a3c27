import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import type { DigestQuestion } from '../../../sender/uplink/digest.ts';
import { DigestQueue } from '../../../sender/uplink/digest-queue.ts';
import type { DigestResult } from '../../../shared/protocol/messages.ts';

interface Bench {
  readonly queue: DigestQueue;
  readonly sent: readonly DigestResult[];
  readonly working: () => number;
  /** Lets the digest under way end. */
  finishOne(): Promise<void>;
}

/** A queue whose digests take as long as the test wants. */
function bench(): Bench {
  const sent: DigestResult[] = [];
  const open: (() => void)[] = [];
  const answer = async ({ upTo: { segment } }: DigestQuestion) => {
    await new Promise<void>((resolve) => open.push(resolve));
    return { error: `segment ${segment}` };
  };
  return {
    queue: new DigestQueue(answer, (result) => void sent.push(result)),
    sent,
    working: () => open.length,
    async finishOne() {
      open.shift()?.();
      await turn();
    },
  };
}

t.test('digests are taken one at a time and answered in order', async (t) => {
  const { queue, sent, working, finishOne } = bench();
  for (let id = 0; id < 5; id++) queue.ask(id, { upTo: { segment: id + 1, offset: 0 } });
  for (let id = 0; id < 5; id++) {
    await turn();
    t.strictSame([working(), sent.length], [1, id]);
    await finishOne();
    t.strictSame(sent.at(-1), { kind: 'digest_result', id, error: `segment ${id + 1}` });
  }
  await queue.idle();
  t.equal(working(), 0);
});

t.test(
  'more questions than can wait are answered with an error at once, and the next ones as before',
  async (t) => {
    const { queue, sent, finishOne } = bench();
    for (let id = 0; id < 9; id++) queue.ask(id, { upTo: { segment: 1, offset: 0 } });
    t.match(sent, [{ id: 8, error: /8 digests are asked for already/ }]);
    await turn();
    await finishOne();
    queue.ask(9, { upTo: { segment: 1, offset: 0 } });
    t.equal(sent.length, 2, 'there was room again');
  },
);
