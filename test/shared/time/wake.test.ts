import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Wake } from '../../../shared/time/wake.ts';

/** Tells whether a sleep has ended. */
function watch(sleeping: Promise<void>): () => boolean {
  let isOver = false;
  void sleeping.then(() => {
    isOver = true;
  });
  return () => isOver;
}

t.test('Wake: a sleeper sleeps until there is news', async (t) => {
  const news = new Wake();
  const isOver = watch(news.sleep());
  await turn();
  t.equal(isOver(), false);
  news.wake();
  await turn();
  t.equal(isOver(), true);
});

t.test('Wake: news that comes while nobody sleeps is kept, once', async (t) => {
  const news = new Wake();
  news.wake();
  news.wake();
  await news.sleep();
  const isOver = watch(news.sleep());
  await turn();
  t.equal(isOver(), false, 'two wakes made one');
  news.wake();
  await turn();
  t.equal(isOver(), true);
});

t.test('Wake: a loop never misses what was done before a wake', async (t) => {
  const news = new Wake();
  const done: number[] = [];
  const queue: number[] = [];
  const loop = (async () => {
    while (done.length < 100) {
      const next = queue.shift();
      if (next === undefined) await news.sleep();
      else done.push(next);
    }
  })();
  for (let n = 0; n < 100; n++) {
    queue.push(n);
    news.wake();
    if (n % 3 === 0) await turn();
  }
  await loop;
  t.equal(done.length, 100);
});
