import t from 'tap';
import { WindowMean } from '../../../receiver/rules/window-mean.ts';

/**
 * The means of a window of a minute after each value, which is added once a second from `fromMs`
 * on.
 */
function meansOf(values: readonly number[], fromMs: number): (number | undefined)[] {
  const window = new WindowMean(60_000);
  return values.map((value, second) => {
    window.add(value, fromMs + second * 1000, 1000);
    return window.mean();
  });
}

t.test('the mean is that of the last so many milliseconds, at any time of the clock', async (t) => {
  for (const fromMs of [0, 1e9 + 123, -600_000, -59_000]) {
    const means = meansOf([...Array<number>(300).fill(5), ...Array<number>(60).fill(1)], fromMs);
    t.equal(
      means.findIndex((mean) => mean !== undefined),
      59,
      'not before the window has passed',
    );
    t.ok(Math.abs((means[299] ?? 0) - 5) < 1e-9);
    t.ok(Math.abs((means[329] ?? 0) - 3) < 0.3, `half of each: ${means[329]}`);
    t.ok(Math.abs((means[359] ?? 0) - 1) < 0.1, `nothing of what is past: ${means[359]}`);
  }
});

t.test('a window of which less than half is known says nothing', async (t) => {
  const window = new WindowMean(60_000);
  for (let second = 1; second <= 60; second++) window.add(1, second * 1000, 1000);
  t.equal(window.mean(), 1);
  window.add(0, 95_000, 1000);
  t.equal(window.mean(), undefined, '25 s of the first minute and one of the second');
  for (let second = 96; second <= 130; second++) window.add(0, second * 1000, 1000);
  t.equal(window.mean(), 0);
});

t.test('a sample that stands for longer than the window is the mean', async (t) => {
  const window = new WindowMean(60_000);
  window.add(3, 0, 0);
  window.add(7, 3_600_000, 3_600_000);
  t.equal(window.mean(), 7);
});
