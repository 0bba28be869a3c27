import t from 'tap';
import { watchStall } from '../../../receiver/backup/watch-stall.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

const LIMIT_MS = 1_000;

function watched() {
  const clock = fakeClock();
  const startMs = clock.now();
  const told: string[] = [];
  const watch = watchStall({
    limitMs: LIMIT_MS,
    clock,
    onStalled: (sinceMs) => told.push(`stalled since ${sinceMs - startMs}`),
    onMoving: () => told.push('moving'),
  });
  return { clock, told, watch };
}

t.test('work that moves within the limit has not stalled', async (t) => {
  const { clock, told, watch } = watched();
  for (let n = 0; n < 5; n++) {
    await clock.advance(LIMIT_MS - 1);
    watch.moved();
  }
  await clock.advance(LIMIT_MS - 1);
  t.strictSame(told, []);
});

t.test(
  'work that does not is told once, with the moment when it last moved, and when it moves again',
  async (t) => {
    const { clock, told, watch } = watched();
    await clock.advance(300);
    watch.moved();
    await clock.advance(LIMIT_MS);
    t.strictSame(told, []);
    await clock.advance(LIMIT_MS / 4);
    t.strictSame(told, ['stalled since 300']);
    await clock.advance(10 * LIMIT_MS);
    t.equal(told.length, 1);
    watch.moved();
    watch.moved();
    t.strictSame(told.slice(1), ['moving']);
    await clock.advance(LIMIT_MS);
    t.equal(told.length, 2);
    await clock.advance(LIMIT_MS / 4);
    t.match(told[2], /stalled since 11550/);
  },
);

t.test(
  'while it waits for something else it has not stalled; the limit begins anew afterwards',
  async (t) => {
    const { clock, told, watch } = watched();
    const pause = watch.pause();
    await clock.advance(10 * LIMIT_MS);
    t.strictSame(told, []);
    pause[Symbol.dispose]();
    pause[Symbol.dispose]();
    await clock.advance(LIMIT_MS);
    t.strictSame(told, []);
    await clock.advance(LIMIT_MS / 4);
    t.strictSame(told, [`stalled since ${10 * LIMIT_MS}`]);
  },
);

t.test('a program that stood still itself has heard nothing, and blames nobody for it', async (t) => {
  const late = Promise.withResolvers<void>();
  const clock = { ...fakeClock(), sleep: () => late.promise };
  const told: number[] = [];
  using watch = watchStall({ limitMs: LIMIT_MS, clock, onStalled: (sinceMs) => told.push(sinceMs) });
  await clock.advance(10 * LIMIT_MS);
  clock.sleep = () => new Promise(() => undefined);
  late.resolve();
  await clock.advance(0);
  watch.moved();
  t.strictSame(told, []);
});

t.test('a watch that is disposed tells nothing, and leaves no timer behind', async (t) => {
  const { clock, told, watch } = watched();
  await clock.advance(LIMIT_MS / 2);
  watch[Symbol.dispose]();
  await clock.advance(10 * LIMIT_MS);
  t.strictSame(told, []);
  t.equal(clock.sleeping(), 0);
});
