import t from 'tap';
import { held } from '../../../sender/sampler/held.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

t.test(
  'held() reads again only when what it has read is old enough, and then the present value',
  async (t) => {
    const clock = fakeClock();
    let reads = 0;
    const read = held(() => `reading ${++reads}`, 1500, clock);
    const seen: string[] = [];
    for (let second = 0; second < 6; second++) {
      seen.push(read());
      await clock.advance(1000);
    }
    t.strictSame(
      seen,
      [1, 1, 2, 2, 3, 3].map((n) => `reading ${n}`),
    );
  },
);

t.test('held() holds undefined as well: what cannot be read is not tried for every sample', async (t) => {
  const clock = fakeClock();
  let reads = 0;
  const read = held(() => void reads++, 1000, clock);
  t.equal(read(), undefined);
  t.equal(read(), undefined);
  t.equal(reads, 1);
});
