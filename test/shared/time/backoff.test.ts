import t from 'tap';
import { backoffMs } from '../../../shared/time/backoff.ts';

const options = { firstMs: 100, maxMs: 5000 };

t.test('backoffMs() doubles the longest possible wait up to a limit', async (t) => {
  const waits = [0, 1, 2, 5, 6, 1000].map((attempt) => backoffMs(attempt, options, () => 1));
  t.strictSame(waits, [100, 200, 400, 3200, 5000, 5000]);
});

t.test(
  'backoffMs() spreads the waits over the whole range, so that a fleet does not come back at once',
  async (t) => {
    t.equal(
      backoffMs(3, options, () => 0),
      0,
    );
    t.equal(
      backoffMs(3, options, () => 0.5),
      400,
    );
    const waits = Array.from({ length: 1000 }, () => backoffMs(3, options));
    t.ok(waits.every((ms) => ms >= 0 && ms < 800));
    t.ok(Math.min(...waits) < 200 && Math.max(...waits) > 600, 'by default at random');
  },
);
