import t from 'tap';
import { SteadyWall } from '../../../shared/time/steady-wall.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

const HOUR_MS = 3_600_000;

t.test('a clock is believed an hour after the start, and an hour after it was set', async (t) => {
  const clock = fakeClock();
  const wall = new SteadyWall(clock);
  t.equal(wall.isSteady(), false, 'it may be wrong since the machine was started');
  await clock.advance(HOUR_MS);
  t.equal(wall.isSteady(), true);
  clock.set(clock.now() + 365 * 24 * HOUR_MS);
  t.equal(wall.isSteady(), false, 'a year ahead');
  await clock.advance(HOUR_MS / 2);
  clock.set(clock.now() - 365 * 24 * HOUR_MS);
  t.equal(wall.isSteady(), false, 'and back');
  await clock.advance(HOUR_MS);
  clock.set(clock.now() + 5000);
  t.equal(wall.isSteady(), true, 'a correction is none');
});
