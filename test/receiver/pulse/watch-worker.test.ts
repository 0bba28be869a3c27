import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { beat, newPulse } from '../../../receiver/pulse/pulse.ts';
import { type HungOutcome, watchWorker } from '../../../receiver/pulse/watch-worker.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { workerHanger } from '../../helpers/hang-worker.ts';
import { until } from '../../helpers/until.ts';

const LOOK_MS = 5000;
const LIMIT_MS = 120_000;
const TIMEOUT = { timeoutMs: 10_000 };

/** A worker thread that lives, whose pulse the test beats. */
async function watched(t: Test) {
  const hanger = workerHanger(t.testdir());
  const worker = new Worker('setInterval(() => undefined, 1000)', { eval: true });
  t.teardown(async () => {
    await worker.terminate();
    hanger[Symbol.dispose]();
  });
  const clock = fakeClock();
  const pulse = newPulse();
  const told: ('hangs' | HungOutcome)[] = [];
  const watch = watchWorker(worker, {
    ...{ pulse, limitMs: LIMIT_MS, clock },
    onHung: () => told.push('hangs'),
    onOutcome: (outcome) => told.push(outcome),
  });
  return { hanger, worker, clock, pulse, told, watch };
}

t.test(
  'pulse invariant 1: a thread whose event loop turns is left alone, however seldom it does',
  async (t) => {
    const { clock, pulse, told } = await watched(t);
    for (let round = 0; round < 10; round++) {
      await clock.advance(LIMIT_MS - LOOK_MS);
      beat(pulse);
    }
    t.strictSame(told, []);
  },
);

t.test('pulse invariant 1: it is looks that count, not the time between them', async (t) => {
  const worker = new Worker('setInterval(() => undefined, 1000)', { eval: true });
  t.teardown(async () => await worker.terminate());
  const told: string[] = [];
  let look = () => undefined as unknown;
  watchWorker(worker, {
    ...{ pulse: newPulse(), limitMs: LIMIT_MS },
    onHung: () => told.push('hangs'),
    onOutcome: (outcome) => told.push(outcome),
    // Each look comes when the test says, an hour of the machine's sleep later for all that anybody knows.
    clock: {
      ...fakeClock(),
      sleep: async () => await new Promise((resolve) => (look = () => resolve(undefined))),
    },
  });
  for (let looks = 1; looks < LIMIT_MS / LOOK_MS; looks++) {
    look();
    await turn();
  }
  t.strictSame(told, []);
  look();
  await turn();
  t.strictSame(told, ['hangs']);
});

t.test('pulse invariant 2: a thread that turns in a loop for ever is ended', async (t) => {
  const { hanger, worker, clock, told } = await watched(t);
  await hanger.loop();
  await clock.advance(LIMIT_MS);
  await until(() => told.length === 2, { ...TIMEOUT, what: () => told.join(', ') });
  t.strictSame(told, ['hangs', 'ended']);
  t.equal(worker.threadId, -1);
});

t.test('pulse invariant 3: a thread that waits for the system is stuck until that answers', async (t) => {
  const { hanger, clock, told } = await watched(t);
  const free = await hanger.block();
  await clock.advance(LIMIT_MS);
  t.strictSame(told, ['hangs']);
  await clock.advance(10_000);
  t.strictSame(told, ['hangs', 'stuck']);
  await until(() => isOpen(free), { ...TIMEOUT, what: 'the thread to have come to the call' });
  await until(() => told.length === 3, { ...TIMEOUT, what: () => told.join(', ') });
  t.strictSame(told, ['hangs', 'stuck', 'ended']);
});

t.test('a thread that ends by itself, and one that is watched no more, leave nothing behind', async (t) => {
  const { worker, clock, told } = await watched(t);
  await worker.terminate();
  const second = await watched(t);
  second.watch[Symbol.dispose]();
  await turn();
  t.strictSame([clock.sleeping(), second.clock.sleeping(), told, second.told], [0, 0, [], []]);
});

/** Nobody reads a FIFO before the thread has come to its call. */
function isOpen(free: () => void): boolean {
  try {
    free();
    return true;
  } catch {
    return false;
  }
}
