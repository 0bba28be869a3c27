import t from 'tap';
import { BadLink, SOUND } from './bad-link.ts';
import { mulberry32 } from './simulated-node.ts';

t.test('a sound line does nothing, one that is cut lets nothing through', async (t) => {
  const link = new BadLink(() => 0);
  t.equal(link.arrivalMs(1000, 5), 5);
  link.conditions = { ...SOUND, isCut: true };
  t.equal(link.arrivalMs(1000, 5), undefined);
});

t.test('a tenth is lost, the same for the same seed', async (t) => {
  const lostOf = (seed: number) => {
    const link = new BadLink(mulberry32(seed));
    link.conditions = { ...SOUND, lossRatio: 0.1 };
    return Array.from({ length: 1000 }, (_, n) => link.arrivalMs(100, n) === undefined);
  };
  const lost = lostOf(7).filter(Boolean).length;
  t.ok(lost > 70 && lost < 130, `${lost} of 1000`);
  t.strictSame(lostOf(7), lostOf(7));
  t.notSame(lostOf(7), lostOf(8));
});

t.test(
  'on a narrow line packets wait for each other, and are lost when they would wait too long',
  async (t) => {
    const link = new BadLink(() => 0.5);
    link.conditions = { ...SOUND, delayMs: 300, bitsPerSecond: 64_000 };
    t.equal(link.arrivalMs(800, 0), 400, '100 ms to be sent, 300 ms under way');
    t.equal(link.arrivalMs(800, 0), 500, 'and the next after it');
    t.equal(link.arrivalMs(800, 1000), 1400, 'it is free again');
    const arrivals = Array.from({ length: 30 }, () => link.arrivalMs(800, 2000));
    t.equal(arrivals.filter((arrival) => arrival === undefined).length, 19, 'eleven begin within a second');
  },
);
