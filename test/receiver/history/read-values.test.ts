import t from 'tap';
import { readValues } from '../../../receiver/history/read-values.ts';

type Sample = Readonly<Record<string, unknown>>;

/** The series of a sample, one second after another. */
function seriesOf(sample: Sample, counters: Sample = {}): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  readValues({ sample, past: [{ counters, seconds: 1 }] }, (name, value) => values.set(name, value));
  return values;
}

t.test('totals leave out what stands on others: as the sample says, otherwise by name', async (t) => {
  const net = { eth0: [100, 10], bond0: [100, 10], 'bond0.7': [90, 9], office: [50, 5] };
  const before = { eth0: [], bond0: [], 'bond0.7': [], office: [] };
  t.equal(seriesOf({ net }, { net: before }).get('net.rx'), 150, 'names');
  const stacked = { net: ['bond0', 'bond0.7', 'office'] };
  const told = seriesOf({ net, stacked }, { net: before });
  t.equal(told.get('net.rx'), 100, 'the sample');
  t.equal(told.get('net.tx'), 10);
  t.equal(told.get('net.rx:office'), 50);
  t.equal(seriesOf({ net, stacked: { net: [] } }, { net: before }).get('net.rx'), 340, 'none');
  t.equal(seriesOf({ net: { wg0: [7] } }, { net: { wg0: [] } }).get('net.rx'), 7, 'never all of them');

  const disk = { sda: [100, 50], sdb: [100, 50], md0: [100, 100] };
  const none = { sda: [], sdb: [], md0: [] };
  const disks = seriesOf({ disk }, { disk: none });
  t.same([disks.get('disk.read'), disks.get('disk.write')], [200, 100]);
});

t.test('a total of which a part is not known is not known', async (t) => {
  const values = seriesOf({ net: { eth0: [5], eth1: [9] } }, { net: { eth0: [1], eth1: [10] } });
  t.notOk(values.has('net.rx'));
  t.notOk(seriesOf({ net: { eth0: [5] } }, { net: {} }).has('net.rx'), 'nor is one of nothing');
});

t.test('what no machine can have is not known, whoever has written it', async (t) => {
  const values = seriesOf(
    {
      mem: { total: 100, avail: 1400 },
      swap: { total: 100, used: 101 },
      fs: { '/a': [-5, 10], '/b': [5, 5, 0, 1.5] },
      temp: { cpu: -273.1, gpu: 41 },
      fan: { back: 1e6 },
      psi: { io: [3] },
      disk: { sda: [0, 0, 0, 0, 0, 0, 1.02] },
    },
    { psi: { io: [1] }, disk: { sda: [] } },
  );
  for (const name of ['mem.ratio', 'mem.used', 'swap.ratio', 'fs.ratio:/a', 'temp:cpu', 'fan:back']) {
    t.notOk(values.has(name), name);
  }
  t.equal(values.get('mem.total'), 100);
  t.equal(values.get('temp.hottest'), 41);
  t.same(
    ['fs.inodes:/b', 'psi.io', 'disk.busy:sda'].map((name) => values.get(name)),
    [1, 1, 1],
    'a ratio is 1 at most',
  );
});
