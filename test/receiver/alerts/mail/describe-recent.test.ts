import t from 'tap';
import { describeRecent } from '../../../../receiver/alerts/mail/describe-recent.ts';
import { renderHtml, renderText } from '../../../../receiver/alerts/mail/document.ts';
import { CPU, metricOf } from '../../../../receiver/alerts/mail/metric.ts';
import { decodePng } from '../../../helpers/png.ts';

const END = Date.UTC(2026, 10, 20, 22);

const SAMPLES = Array.from({ length: 240 }, (_, index) =>
  JSON.stringify({
    t: new Date(END - (239 - index) * 15_000).toISOString(),
    up: 10 + index,
    cpu: { util: { idle: 0.9, user: index === 239 ? 0.75 : 0.1 } },
    load: [0.5],
    mem: { total: 1_000, avail: 600 },
    fs: { '/var': [90, 10] },
    temp: { cpu: 61.4, disk: 30 },
  }),
);

const TOP = JSON.stringify({
  t: '2026-11-20T21:59:45.000Z',
  top: {
    cpu: [{ pid: 977, name: 'influxd', cpu: 0.41, rss: 494_796_800 }],
    mem: [{ pid: 5, name: 'java\r\nBcc: x', cpu: 0.01, rss: 2_147_483_648 }],
  },
});

t.test('a mail shows a graph, the last ten minutes, the last values and the busiest processes', async (t) => {
  const blocks = describeRecent({ samples: SAMPLES, top: TOP }, CPU, 'UTC');
  t.same(
    blocks.map(({ kind }) => kind),
    ['image', 'lines', 'facts', 'facts'],
  );
  const text = renderText(blocks);
  t.match(text, 'CPU in its last hour: 75 % at the end, 10 % to 75 %.');
  t.match(text, '  22:00:00  cpu  75 %  mem  40 %  load  0.50\n  21:59:00  cpu  10 %');
  t.equal(text.match(/ cpu +\d+ % {2}mem/g)?.length, 10);
  t.match(text, /most cpu +influxd \(977\): 41 %, 472 MiB/);
  t.match(text, /most memory +java Bcc: x \(5\): 1 %, 2.0 GiB/);

  const [graph] = blocks;
  if (graph?.kind !== 'image') throw new Error('no graph');
  t.same(graph.axes, { top: '100 %', bottom: '0 %', left: '21:00', right: '22:00:00' });
  t.match(decodePng(Buffer.from(graph.image.png, 'base64')), { width: 1120 });
  const html = renderHtml(blocks);
  t.match(html, '<img src="cid:last-hour"');
  t.match(html, 'alt="CPU in its last hour: 75 % at the end');
  t.notMatch(html, '\r');
});

t.test('what cannot be read is left out, and nothing throws', async (t) => {
  t.same(describeRecent(undefined, CPU), []);
  t.same(describeRecent({ samples: [], top: undefined }, CPU), []);
  const rubbish = [
    '',
    '{',
    'null',
    '[]',
    '{"t":1}',
    '{"t":"x"}',
    '{"t":"2026-11-20T22:00:00.000Z","cpu":[]}',
  ];
  t.same(describeRecent({ samples: rubbish, top: '{"top":{"cpu":[null,1,{}],"mem":"x"}}' }, CPU), []);
  const few = describeRecent({ samples: SAMPLES.slice(-3), top: undefined }, CPU);
  t.same(
    few.map(({ kind }) => kind),
    ['facts'],
    'no graph of three points, no minutes of one',
  );
  const back = [...SAMPLES.slice(100), ...SAMPLES.slice(0, 100)];
  t.ok(describeRecent({ samples: back, top: undefined }, CPU).length > 0, 'a clock that was set back');
});

t.test('the graph is of what the problem is about', async (t) => {
  const label = (key: string) => metricOf(key).label;
  t.equal(label('disconnect:7'), 'CPU');
  t.equal(label('memory:7'), 'memory');
  t.equal(label('rule:7:load'), 'load');
  t.equal(label('filesystem:7:/var'), 'disk /var');
  t.equal(label('temperature:7:cpu'), 'temperature');
  const sample = JSON.parse(SAMPLES[0] ?? '');
  const value = (key: string) => metricOf(key).read(sample);
  t.equal(value('filesystem:7:/var'), 0.9);
  t.equal(value('filesystem:7:/__proto__'), undefined);
  t.equal(value('temperature:7'), 61.4);
  t.equal(value('load:7'), 0.5);
  t.equal(value('memory:7')?.toFixed(2), '0.40');
  t.equal(value('swap:7'), undefined);
  t.equal(metricOf('temperature:7').top(61), 100);
  t.equal(metricOf('load:7').top(7.2), 8);
});
