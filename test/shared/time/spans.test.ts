import t from 'tap';
import { Spans } from '../../../shared/time/spans.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

t.test('a span lasts as long as it is, wherever the clock is set meanwhile', async (t) => {
  const clock = fakeClock();
  const spans = new Spans<string>(clock);
  const span = { fromMs: clock.now(), untilMs: clock.now() + 2 * HOUR_MS };
  t.equal(spans.leftMs('a', span), 2 * HOUR_MS);
  clock.set(clock.now() + YEAR_MS);
  t.equal(spans.leftMs('a', span), 2 * HOUR_MS, 'a year ahead');
  await clock.advance(HOUR_MS);
  clock.set(clock.now() - 2 * YEAR_MS);
  t.equal(spans.leftMs('a', span), HOUR_MS, 'a year back');
  clock.suspend(HOUR_MS / 2);
  t.equal(spans.leftMs('a', span), HOUR_MS / 2, 'time goes on while the machine is suspended');
  await clock.advance(HOUR_MS / 2);
  t.equal(spans.leftMs('a', span), 0);
});

t.test('a span that is first seen later has what is left of it, but never more than all of it', async (t) => {
  const clock = fakeClock();
  const spans = new Spans<string>(clock);
  const nowMs = clock.now();
  t.equal(spans.leftMs('a', { fromMs: nowMs - HOUR_MS, untilMs: nowMs + HOUR_MS }), HOUR_MS);
  t.equal(spans.leftMs('b', { fromMs: nowMs - 2 * HOUR_MS, untilMs: nowMs - HOUR_MS }), 0);
  t.equal(
    spans.leftMs('c', { fromMs: nowMs + YEAR_MS, untilMs: nowMs + YEAR_MS + HOUR_MS }),
    HOUR_MS,
    'it was begun while the clock was ahead',
  );
  t.equal(spans.leftMs('b', { fromMs: nowMs, untilMs: nowMs + HOUR_MS }), HOUR_MS, 'another span');
});
