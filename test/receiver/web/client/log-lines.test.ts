import t from 'tap';
import { appendLines, layOut, parseLine } from '../../../../receiver/web/client/src/pages/node/log-lines.ts';
import { formatClock } from '../../../../receiver/web/client/src/text/format-time.ts';

const TIME = '2026-11-21T14:03:05.000Z';

t.test('a line is told by its kind and its time', async (t) => {
  const line = (rest: object) => parseLine(JSON.stringify({ t: TIME, ...rest }));
  t.match(line({ up: 1, cpu: {} }), {
    kind: 'sample',
    clock: formatClock(Date.parse(TIME)),
    text: '{"up":1,"cpu":{}}',
  });
  for (const kind of ['top', 'inventory', 'event', 'segment']) t.equal(line({ [kind]: {} }).kind, kind);
  t.equal(line({ new: {} }).kind, 'other');
});

t.test('a torn line is shown as it stands', async (t) => {
  t.match(parseLine('{"t":"2026-11'), { kind: 'other', clock: '', text: '{"t":"2026-11' });
  t.match(parseLine('{"cpu":{}}'), { kind: 'sample', clock: '' });
});

t.test('a line is laid out a key a row, with its lists of numbers in one', async (t) => {
  t.equal(
    layOut('{"cpu":{"n":2},"load":[0.5,-1e3]}'),
    '{\n  "cpu": {\n    "n": 2\n  },\n  "load": [ 0.5, -1000 ]\n}',
  );
  t.equal(layOut('{"torn'), '{"torn');
});

t.test('only the newest five hundred lines are kept', async (t) => {
  let lines = appendLines([], []);
  for (let index = 0; index < 600; index++) lines = appendLines(lines, [parseLine(`line ${index}`)]);
  t.equal(lines.length, 500);
  t.equal(lines.at(-1)?.text, 'line 599');
});
