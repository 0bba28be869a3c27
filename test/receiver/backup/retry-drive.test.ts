import t from 'tap';
import { retryDrive } from '../../../receiver/backup/retry-drive.ts';
import { makeSoon } from '../../../receiver/backup/soon.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

t.test('makeSoon() does once what many want, when the first wants it', async (t) => {
  const clock = fakeClock();
  let done = 0;
  const duty = async () => {
    done += 1;
  };
  using soon = makeSoon(duty, clock);
  soon.within(5_000);
  await clock.advance(3_000);
  soon.within(5_000);
  await clock.advance(1_900);
  t.equal(done, 0);
  await clock.advance(200);
  t.equal(done, 1);
  await clock.advance(60_000);
  t.equal(done, 1);
  soon.within(60_000);
  soon.within(1_000);
  await clock.advance(1_100);
  t.equal(done, 2, 'sooner');
  await clock.advance(120_000);
  t.equal(done, 2, 'and not once more');
});

t.test('a drive that was refused is looked at again soon, one that failed ever later', async (t) => {
  const clock = fakeClock();
  let runs = 0;
  const run = async () => {
    runs += 1;
  };
  using retry = retryDrive(run, clock);
  retry.settled('refused');
  await clock.advance(21_000);
  t.equal(runs, 1);
  for (const minutes of [1, 2, 4, 8, 15, 15]) {
    const before = runs;
    retry.settled('failed');
    await clock.advance(minutes * 60_000 - 1_000);
    t.equal(runs, before);
    await clock.advance(2_000);
    t.equal(runs, before + 1, `after ${minutes} min`);
  }
  retry.settled('succeeded');
  await clock.advance(3_600_000);
  t.equal(runs, 7, 'nothing more once it is well');
});
