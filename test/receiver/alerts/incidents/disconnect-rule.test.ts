import t from 'tap';
import { createDisconnectRule } from '../../../../receiver/alerts/incidents/disconnect-rule.ts';
import { parseNodeName } from '../../../../shared/names/node-name.ts';

const OPTIONS = { graceMs: 10_000, groupMs: 2_000, longestGroupMs: 15_000 };

/** Nodes that go at these moments (name: ms); what is due when, asked every half second. */
function timetable(
  gone: Readonly<Record<string, number>>,
  options: typeof OPTIONS = OPTIONS,
): Record<number, string[]> {
  const rule = createDisconnectRule(options);
  const told: Record<number, string[]> = {};
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 500) {
    for (const [name, atMs] of Object.entries(gone)) {
      if (atMs === nowMs) rule.watch(parseNodeName(name), nowMs);
    }
    const due = rule.due(nowMs);
    if (due.length > 0) told[nowMs] = [...due];
    for (const name of due) rule.forget(name);
  }
  return told;
}

t.test('a lone node is told of when its grace ends, not later', async (t) => {
  t.same(timetable({ a: 1_000 }), { 11000: ['a'] });
});

t.test('nodes that go one after the other within the window are told of together', async (t) => {
  t.same(timetable({ a: 0, b: 1_500, c: 3_000 }), { 13000: ['a', 'b', 'c'] });
});

t.test('nodes that go further apart are told of separately', async (t) => {
  t.same(timetable({ a: 0, b: 2_500 }), { 10000: ['a'], 12500: ['b'] });
});

t.test('a group that never ends is told of in parts', async (t) => {
  const gone = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`n${index}`, index * 1_000]));
  const told = timetable(gone);
  t.same(Object.keys(told), ['25000', '39000']);
  t.equal(Object.values(told).flat().length, 30);
});

t.test(
  'with a grace shorter than the window the first is told of at once, and those that follow together',
  async (t) => {
    const hasty = { ...OPTIONS, graceMs: 0 };
    t.same(timetable({ a: 0 }, hasty), { 500: ['a'] });
    t.same(timetable({ a: 0, b: 1_000, c: 2_000, d: 30_000 }, hasty), {
      500: ['a'],
      3000: ['b', 'c'],
      30500: ['d'],
    });
    t.equal(createDisconnectRule(hasty).soonestMs, 150);
    t.equal(createDisconnectRule(OPTIONS).soonestMs, 10_000);
  },
);

t.test('a node that came back is not told of, and its grace begins anew when it goes again', async (t) => {
  const rule = createDisconnectRule(OPTIONS);
  const node = parseNodeName('a');
  rule.watch(node, 0);
  rule.forget(node);
  t.same(rule.due(30_000), []);
  rule.watch(node, 30_000);
  rule.watch(node, 35_000);
  t.same(rule.due(40_000), []);
  t.same(rule.due(45_000), ['a']);
  t.same(rule.due(45_000), ['a'], 'until it is forgotten');
});
