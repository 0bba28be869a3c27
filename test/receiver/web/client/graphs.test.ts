import t from 'tap';
import type { SeriesAnswer } from '../../../../receiver/web/client/src/data/contract.ts';
import {
  drawnColumns,
  lastKnownPoint,
  pointAt,
} from '../../../../receiver/web/client/src/graphs/graph-columns.ts';
import { type GraphSpec, graphSpecs } from '../../../../receiver/web/client/src/graphs/graph-specs.ts';

const NAMES = [
  ...['cpu.user', 'cpu.system', 'load.1', 'cpu.count', 'mem.used', 'mem.total', 'swap.total', 'psi.cpu'],
  ...[
    'fs.ratio:/',
    'fs.ratio:/a:b',
    'disk.read:sda',
    'disk.write:sda',
    'net.rx:eth0',
    'net.tx:eth0',
    'net.rx',
  ],
  ...['temp:nvme0', 'proc.count'],
];

t.test('the graphs of a node stand in the usual order, without those that it has no series of', async (t) => {
  t.strictSame(
    graphSpecs(NAMES).map(({ id }) => id),
    ['cpu', 'load', 'memory', 'pressure', 'filesystems', 'disks', 'network', 'temperatures', 'processes'],
    'and a limit alone, such as that of swap, makes no graph',
  );
  t.strictSame(graphSpecs([]), []);
});

t.test('the number of processors is a limit of the load', async (t) => {
  t.match(specOf('load').lines.at(-1), { series: 'cpu.count', isLimit: true });
});

t.test('a part keeps its whole name, colons and all', async (t) => {
  t.strictSame(
    specOf('filesystems').lines.map(({ label }) => label),
    ['/', '/a:b'],
  );
});

t.test('what is stacked is summed from below and painted from above', async (t) => {
  const columns = drawnColumns(
    specOf('cpu'),
    answer({ 'cpu.user': [1, null, 3], 'cpu.system': [10, 10, null] }),
  );
  t.strictSame(
    columns.map(({ line, values }) => [line.series, values]),
    [
      ['cpu.system', [11, null, 3]],
      ['cpu.user', [1, null, 3]],
    ],
    'a gap stays a gap',
  );
});

t.test('what is sent is drawn downwards in the colour of what is received', async (t) => {
  const [received, sent] = drawnColumns(
    specOf('network'),
    answer({ 'net.rx:eth0': [5, null], 'net.tx:eth0': [7, null] }),
  );
  t.strictSame(
    [received?.values, sent?.values],
    [
      [5, null],
      [-7, null],
    ],
  );
  t.equal(received?.line.color, sent?.line.color);
});

t.test('least and greatest are drawn where a point stands for more than ten seconds', async (t) => {
  const series = { 'proc.count': [1, 2] };
  t.notOk(drawnColumns(specOf('processes'), answer(series, 1000))[0]?.spread);
  t.ok(drawnColumns(specOf('processes'), answer(series, 60_000))[0]?.spread);
});

t.test('a series that the node does not send is a gap', async (t) => {
  t.strictSame(drawnColumns(specOf('processes'), answer({ other: [1, 2] }))[0]?.values, [null, null]);
});

t.test('the point at a time is the one that stands for it', async (t) => {
  const given = answer({ a: [1, 2, null] }, 1000);
  t.equal(pointAt(given, 1000), 0);
  t.equal(pointAt(given, 2999), 1);
  t.equal(pointAt(given, 999), undefined);
  t.equal(pointAt(given, 4000), undefined);
  t.equal(pointAt({ ...given, timesMs: [] }, 1000), undefined);
  t.equal(lastKnownPoint(given, ['a']), 1);
  t.equal(lastKnownPoint(given, ['b']), undefined);
});

function specOf(id: string): GraphSpec {
  const spec = graphSpecs(NAMES).find((candidate) => candidate.id === id);
  if (spec === undefined) throw new Error(`there is no graph ${id}`);
  return spec;
}

/** Points of `stepMs` from 1000 on. */
function answer(series: Readonly<Record<string, readonly (number | null)[]>>, stepMs = 1000): SeriesAnswer {
  const length = Object.values(series)[0]?.length ?? 0;
  return {
    stepMs,
    timesMs: Array.from({ length }, (_, index) => 1000 + index * stepMs),
    series: Object.fromEntries(
      Object.entries(series).map(([name, mean]) => [name, { mean, min: mean, max: mean }]),
    ),
  };
}
