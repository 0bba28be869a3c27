import t from 'tap';
import { SilenceWatch } from '../../../shared/protocol/silence.ts';

const LIMITS = { askMs: 15_000, lostMs: 45_000 };

t.test('SilenceWatch asks once in a silence, and then gives up', async (t) => {
  const watch = new SilenceWatch(LIMITS, 1000);
  const verdicts = [1000, 16_000, 16_001, 17_000, 46_000, 46_001].map((nowMs) => watch.check(nowMs));
  t.strictSame(verdicts, ['fine', 'fine', 'ask', 'fine', 'fine', 'lost']);
});

t.test('SilenceWatch: any sign of life begins the silence anew', async (t) => {
  const watch = new SilenceWatch(LIMITS, 0);
  t.equal(watch.check(15_001), 'ask');
  watch.heard(40_000);
  t.equal(watch.silentMs(50_000), 10_000);
  t.equal(watch.check(55_000), 'fine');
  t.equal(watch.check(55_001), 'ask', 'the next silence is asked about, too');
  t.equal(watch.check(85_001), 'lost');
});

t.test('SilenceWatch is to be checked when there may be something to say, and not before', async (t) => {
  const watch = new SilenceWatch(LIMITS, 0);
  t.equal(watch.dueInMs(0), 15_001);
  t.equal(watch.dueInMs(10_000), 5_001);
  watch.check(15_001);
  t.equal(watch.dueInMs(15_001), 15_001, 'a silence that begins now is asked about in its turn');
  t.equal(watch.dueInMs(40_000), 5_001);
  t.equal(watch.dueInMs(60_000), 1_000, 'who cannot hear at present is not asked all the time');
});
