import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import t from 'tap';
import { MetricsText } from '../../../../receiver/web/metrics/metrics-text.ts';
import { addNodeMetrics } from '../../../../receiver/web/metrics/node-metrics.ts';

const PROMTOOL = '/usr/bin/promtool';
const HOSTILE = '/mnt/"} 1\nnode_load1{node="\\<b>';

const SAMPLE = {
  t: '2026-01-01T00:00:10.000Z',
  up: 1000,
  cpu: { n: 4, time: [100, 1, 20, 3000] },
  load: [0.5, 0.25, 0.125],
  mem: { total: 8e9, used: 2e9, avail: 6e9, cache: 1e9 },
  swap: { total: 100, used: 25 },
  disk: { sda: [1, 2, 3, 4, 5, 6, 7] },
  net: { eth0: [1, 2, 3, 4] },
  fs: { '/': [10, 80, 10, 0.5], [HOSTILE]: [1, 2] },
  ro: [HOSTILE],
  temp: { 'cpu "0"': 45.5 },
};

function write(node: string): string {
  const text = new MetricsText();
  addNodeMetrics(text, node, SAMPLE);
  addNodeMetrics(text, 'other', SAMPLE);
  return text.end();
}

t.test('a sample stands under the names that node_exporter has', async (t) => {
  const lines = write('7').split('\n');
  for (const line of [
    'node_boot_time_seconds{node="7"} 1767224610',
    'node_load1{node="7"} 0.5',
    'node_memory_MemTotal_bytes{node="7"} 8000000000',
    'node_memory_SwapFree_bytes{node="7"} 75',
    'node_disk_read_bytes_total{node="7",device="sda"} 1',
    'node_network_transmit_bytes_total{node="7",device="eth0"} 2',
    'node_filesystem_size_bytes{node="7",mountpoint="/"} 100',
    'node_filesystem_avail_bytes{node="7",mountpoint="/"} 80',
    'node_filesystem_free_bytes{node="7",mountpoint="/"} 90',
    'node_filesystem_readonly{node="7",mountpoint="/"} 0',
    String.raw`node_hwmon_temp_celsius{node="7",sensor="cpu \"0\""} 45.5`,
  ]) {
    t.ok(lines.includes(line), line);
  }
});

t.test('what a sum must leave out is marked, and what cannot be is not shown', async (t) => {
  const text = new MetricsText();
  addNodeMetrics(text, '7', {
    ...SAMPLE,
    mem: { total: 100, avail: 1300 },
    swap: { total: 100, used: 300 },
    temp: { ok: 40, off: -128 },
    fan: { ok: 900, off: 65_535 },
    net: { eth0: [1], bond0: [1], lan: [1] },
    stacked: { net: ['lan'] },
    disk: { sda: [1], md0: [1] },
  });
  const lines = text.end().split('\n');
  t.same(
    lines.filter((line) => line.startsWith('fleetkeep_device_stacked')),
    [
      'fleetkeep_device_stacked{node="7",group="net",device="lan"} 1',
      'fleetkeep_device_stacked{node="7",group="disk",device="md0"} 1',
    ],
  );
  t.same(
    lines.filter((line) => /^node_(?:hwmon|memory_(?:MemAvail|SwapFree))/.test(line)),
    ['node_hwmon_temp_celsius{node="7",sensor="ok"} 40', 'node_hwmon_fan_rpm{node="7",sensor="ok"} 900'],
  );
});

t.test('a family stands in one piece, however many nodes there are, and the end is marked', async (t) => {
  const text = write('7');
  const types = text.split('\n').filter((line) => line.startsWith('# TYPE '));
  t.equal(new Set(types).size, types.length);
  t.match(
    text,
    /# TYPE node_load1 gauge\n# HELP node_load1 .*\nnode_load1\{node="7"\} 0.5\nnode_load1\{node="other"\} 0.5\n#/,
  );
  t.match(text, /# TYPE node_disk_read_bytes counter\n/, 'without _total, as OpenMetrics wants it');
  t.ok(text.endsWith('\n# EOF\n'));
});

t.test('names that try to be metrics of their own stay names', async (t) => {
  const text = write('7');
  t.match(text, String.raw`mountpoint="/mnt/\"} 1\nnode_load1{node=\"\\<b>"} 3`);
  t.equal(text.match(/^node_load1\{/gm)?.length, 2);
});

t.test('values that are not known are left out', async (t) => {
  const text = new MetricsText();
  addNodeMetrics(text, '7', { t: SAMPLE.t, mem: { total: 'much', avail: Number.NaN }, fs: { '/': 'full' } });
  t.equal(
    text
      .end()
      .match(/^node_\w+/gm)
      ?.join(),
    'node_time_seconds',
  );
});

const skip = existsSync(PROMTOOL) ? false : 'promtool is not installed';

t.test('promtool reads them and finds every metric with type and help', { skip }, async (t) => {
  // The older format, which promtool reads, calls a family of counters as it calls its values.
  const text = write(HOSTILE).replaceAll(/^# (TYPE|HELP) (\w+)(?= .*)/gm, (line, what, name) =>
    new RegExp(`^${name}_total\\{`, 'm').test(write('7')) ? `# ${what} ${name}_total` : line,
  );
  const { status, stdout, stderr } = spawnSync(PROMTOOL, ['check', 'metrics'], {
    input: text.replace('# EOF\n', ''),
    encoding: 'utf8',
  });
  t.notMatch(stderr, /error while linting|parsing/);
  t.notMatch(stdout + stderr, /no help text|should have "_total"/);
  t.not(status, 1);
});
