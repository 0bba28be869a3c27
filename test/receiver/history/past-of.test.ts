import t from 'tap';
import type { History, SeriesAnswer } from '../../../receiver/history/history.ts';
import { pastOf } from '../../../receiver/history/past-of.ts';
import { type NodeName, parseNodeName } from '../../../shared/names/node-name.ts';

const [SEVEN, KITCHEN] = [parseNodeName('7'), parseNodeName('kitchen')];
const RANGE = { fromMs: 0, toMs: 60 };

function answer(stepMs: number, mean: readonly (number | null)[]): SeriesAnswer {
  const timesMs = mean.map((_, index) => index * stepMs);
  return { stepMs, timesMs, series: { cpu: { mean, min: mean, max: mean } } };
}

function past(answers: Readonly<Record<string, SeriesAnswer>>, untilMs = 30) {
  const history = {
    series: async (node: NodeName) => answers[node] ?? { stepMs: 10, timesMs: [], series: {} },
    names: async (node: NodeName) => (node === SEVEN ? ['cpu', 'mem'] : ['cpu']),
    top: async (node: NodeName, atMs: number) => (node === SEVEN ? { atMs, cpu: [], mem: [] } : undefined),
    inventory: async (node: NodeName) => (node === SEVEN ? { host: 'pi' } : undefined),
  };
  const before = (node: NodeName) => (node === KITCHEN ? [{ node: SEVEN, untilMs }] : []);
  return pastOf(history as unknown as History, before);
}

t.test(
  'a graph goes on under a new name: until the rename it shows what the old name measured',
  async (t) => {
    const { series } = past({
      7: answer(10, [1, 2, 3, 99, 99, 99]),
      kitchen: answer(10, [null, null, null, 4, null, 6]),
    });
    t.strictSame((await series(KITCHEN, ['cpu'], RANGE, 6)).series['cpu']?.mean, [1, 2, 3, 4, null, 6]);
    t.strictSame((await series(SEVEN, ['cpu'], RANGE, 6)).series['cpu']?.mean, [1, 2, 3, 99, 99, 99]);
  },
);

t.test('names that are answered in other steps, or not at all, are put together', async (t) => {
  const other = past({ 7: answer(20, [1, 2, 9]), kitchen: answer(10, [null, null, null, 4, 5, 6]) });
  t.strictSame((await other.series(KITCHEN, ['cpu'], RANGE, 6)).series['cpu']?.mean, [1, 1, 2, 4, 5, 6]);
  const alone = past({ 7: answer(10, [1, 2, 3, 4, 5, 6]) });
  t.strictSame((await alone.series(KITCHEN, ['cpu'], RANGE, 6)).series['cpu']?.mean, [
    1,
    2,
    3,
    null,
    null,
    null,
  ]);
});

t.test('series, processes and inventory are those of all names', async (t) => {
  const { names, top, inventory } = past({});
  t.strictSame(await names(KITCHEN), ['cpu', 'mem']);
  t.match(await top(KITCHEN, 20), { atMs: 20 });
  t.equal(await top(KITCHEN, 40), undefined, 'what the old name says after the rename is of another machine');
  t.match(await inventory(KITCHEN), { host: 'pi' });
});
