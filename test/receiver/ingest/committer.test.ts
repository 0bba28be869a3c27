import t from 'tap';
import { Committer } from '../../../receiver/ingest/committer.ts';
import { until } from '../../helpers/until.ts';

/** A copy whose commits end when the test says so. */
function copy() {
  const pending: (() => void)[] = [];
  return {
    unsyncedBytes: 0,
    commits: 0,
    async commit() {
      this.commits += 1;
      this.unsyncedBytes = 0;
      await new Promise<void>((resolve) => pending.push(resolve));
    },
    finish: () => pending.shift()?.(),
  };
}

t.test('copies with little to sync are gathered into a round', async (t) => {
  const committer = new Committer({ commitMs: 20 });
  const copies = [copy(), copy(), copy()];
  for (const one of copies) {
    one.unsyncedBytes = 10;
    committer.mark(one);
    committer.mark(one);
  }
  t.ok(
    copies.every(({ commits }) => commits === 0),
    'nothing is synced at once',
  );
  await until(() => copies.every(({ commits }) => commits === 1), {
    timeoutMs: 5000,
    what: 'one commit each',
  });
  for (const one of copies) one.finish();
  committer.stop();
});

t.test('a copy with much to sync does not wait, and is synced once at a time', async (t) => {
  const committer = new Committer({ commitMs: 60_000 });
  const big = copy();
  big.unsyncedBytes = 2 * 1024 * 1024;
  committer.mark(big);
  t.equal(big.commits, 1);
  big.unsyncedBytes = 3 * 1024 * 1024;
  committer.mark(big);
  t.equal(big.commits, 1, 'one sync is under way');
  big.finish();
  await until(() => big.commits === 2, { timeoutMs: 5000, what: 'the second commit' });
  big.finish();
  committer.stop();
});

t.test('what came during a sync is synced in the next round', async (t) => {
  const committer = new Committer({ commitMs: 5 });
  const one = copy();
  one.unsyncedBytes = 1;
  committer.mark(one);
  await until(() => one.commits === 1, { timeoutMs: 5000, what: 'the first commit' });
  one.unsyncedBytes = 1;
  committer.mark(one);
  one.finish();
  await until(() => one.commits === 2, { timeoutMs: 5000, what: 'the second commit' });
  t.equal(one.unsyncedBytes, 0, 'nothing is left for a third round');
  one.finish();
  committer.stop();
});
