import t from 'tap';
import { Acknowledger } from '../../../receiver/ingest/acknowledger.ts';
import type { Position } from '../../../shared/log/position.ts';

const GATHER_MS = 5000;

function started() {
  const told: Position[] = [];
  const acknowledger = new Acknowledger({ gatherMs: GATHER_MS, send: (position) => told.push(position) });
  acknowledger.goOnAt({ segment: 1, offset: 0 });
  return { acknowledger, told };
}

/** As if a line of so many bytes came each second and was durable at once, looked at each second, too. */
function trickle(acknowledger: Acknowledger, seconds: number, bytes: number): void {
  for (let second = 0; second < seconds; second++) {
    acknowledger.take({ segment: 1, offset: (second + 1) * bytes }, second * 1000);
    acknowledger.tick(second * 1000 + 500);
  }
}

t.test('a line a second is acknowledged once in five seconds, and none is forgotten', async (t) => {
  const { acknowledger, told } = started();
  trickle(acknowledger, 21, 800);
  const offsets = told.map(({ offset }) => offset / 800);
  t.same(offsets, [1, 6, 11, 16, 21]);
});

t.test('what is held is told by the clock when nothing more comes', async (t) => {
  const { acknowledger, told } = started();
  trickle(acknowledger, 3, 800);
  acknowledger.tick(GATHER_MS - 1);
  t.equal(told.length, 1);
  acknowledger.tick(GATHER_MS);
  t.same(told.at(-1), { segment: 1, offset: 2400 });
  acknowledger.tick(3 * GATHER_MS);
  t.equal(told.length, 2, 'and only once');
});

t.test('a node that catches up is answered at once, to the last byte', async (t) => {
  const { acknowledger, told } = started();
  const steps = 40;
  for (let step = 1; step <= steps; step++)
    acknowledger.take({ segment: 1, offset: step * 100_000 }, step * 400);
  // The first is told as nothing was before; all others for what came.
  t.equal(told.length, steps);
  acknowledger.take({ segment: 1, offset: steps * 100_000 + 500 }, steps * 400 + 1);
  t.same(told.at(-1), { segment: 1, offset: steps * 100_000 + 500 }, 'the small rest, too');
});

t.test('a segment that is closed is told at once', async (t) => {
  const { acknowledger, told } = started();
  trickle(acknowledger, 2, 800);
  acknowledger.take({ segment: 2, offset: 0 }, 1600);
  t.same(told.at(-1), { segment: 2, offset: 0 });
  acknowledger.take({ segment: 2, offset: 300 }, 1700);
  t.equal(told.length, 2, 'and then gathered again');
});

t.test('a sender that asks is told what there is, and what comes next', async (t) => {
  const { acknowledger, told } = started();
  trickle(acknowledger, 3, 800);
  acknowledger.asked(2600);
  t.same(told.at(-1), { segment: 1, offset: 2400 });
  acknowledger.take({ segment: 1, offset: 3200 }, 2700);
  t.same(told.at(-1), { segment: 1, offset: 3200 });
});

t.test('what was held before the sender was told to go on elsewhere is not told', async (t) => {
  const { acknowledger, told } = started();
  trickle(acknowledger, 3, 800);
  acknowledger.goOnAt({ segment: 1, offset: 0 });
  acknowledger.tick(10 * GATHER_MS);
  t.equal(told.length, 1);
});
