import t from 'tap';
import { hasMeasuredBetween } from '../../../../receiver/alerts/mail/has-measured-between.ts';

const LOST_MS = Date.UTC(2026, 10, 20, 22);
const BACK_MS = LOST_MS + 300_000;

/** A log with a sample every 15 s over some stretches, in seconds after the loss. */
function logOf(...stretches: readonly (readonly [from: number, to: number])[]) {
  const samples = stretches.flatMap(([from, to]) =>
    Array.from({ length: Math.ceil((to - from) / 15) }, (_, index) =>
      JSON.stringify({ t: new Date(LOST_MS + (from + index * 15) * 1000).toISOString(), up: 1 }),
    ),
  );
  return { samples, top: undefined };
}

t.test('a node has measured while it was away when its log says so, and only then', async (t) => {
  const of = (...stretches: readonly (readonly [number, number])[]) =>
    hasMeasuredBetween(logOf(...stretches), LOST_MS, BACK_MS);
  t.equal(of([-600, 310]), true, 'the network was away');
  t.equal(of([-600, 200]), true, 'the replay is still going on');
  t.equal(of([-600, 0], [301, 340]), false, 'the sender was away');
  t.equal(of([-600, 0]), undefined, 'nothing has come yet');
  t.equal(of([-600, 100], [301, 340]), undefined, 'for some of the time');
  t.equal(of([301, 340]), undefined, 'what came before is not known');
  t.equal(hasMeasuredBetween(undefined, LOST_MS, BACK_MS), undefined);
  t.equal(hasMeasuredBetween(logOf([-60, 30]), LOST_MS, LOST_MS + 20_000), undefined, 'too short to see');
});
