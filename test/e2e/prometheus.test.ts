import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { guardTest } from '../helpers/guard.ts';
import { findFreePort, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { askUntil, setUpWeb } from '../helpers/web-client.ts';

const PROMETHEUS = '/usr/bin/prometheus';
const PATIENT = { timeoutMs: 60_000 };

t.setTimeout(600_000);

const skip = existsSync(PROMETHEUS) ? false : 'Prometheus is not installed';

interface QueryAnswer {
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
  };
}

t.test('a real Prometheus takes the metrics, under the names that node_exporter has', { skip }, async (t) => {
  const place = await preparePlace(t.testdir());
  await using _receiver = await place.start('receiver');
  await using _sender = await place.start('sender');
  const admin = await setUpWeb(place);
  const fleet = await askUntil<{ nodes: { latest: object | null }[] }>(admin, '/api/fleet', ({ nodes }) =>
    nodes.some(({ latest }) => latest !== null),
  );
  t.equal(fleet.nodes.length, 1);
  const made = await admin.send('POST', '/api/tokens', { name: 'prometheus', role: 'viewer' });
  const { token } = made.json<{ token: string }>();

  const directory = join(place.directory, 'prometheus');
  mkdirSync(directory);
  const config = join(directory, 'prometheus.yml');
  const target = new URL(admin.url).host;
  writeFileSync(
    config,
    `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: fleetkeep
    authorization: { credentials: "${token}" }
    static_configs: [{ targets: ["${target}"] }]
`,
  );
  const port = await findFreePort();
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${directory}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  guardTest();
  const prometheus = spawn(PROMETHEUS, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  prometheus.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  t.teardown(async () => {
    prometheus.kill('SIGTERM');
    await once(prometheus, 'exit');
  });

  const query = async (expression: string) => {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`;
    const response = await fetch(url).catch(() => undefined);
    return response?.ok === true ? ((await response.json()) as QueryAnswer).data.result : [];
  };
  const up = await until(
    async () => {
      const [found] = await query('up');
      return found?.value[1] === '1' ? found : undefined;
    },
    { ...PATIENT, what: () => `a good scrape; Prometheus says ${said.slice(-2000)}` },
  );
  t.match(up.metric, { job: 'fleetkeep', instance: target });
  const wanted = [
    'node_load1',
    'node_memory_MemTotal_bytes',
    'node_filesystem_size_bytes',
    'node_boot_time_seconds',
    'fleetkeep_node_up',
  ];
  for (const name of wanted) {
    const [found] = await until(
      async () => {
        const result = await query(`${name}{node="7"}`);
        return result.length > 0 ? result : undefined;
      },
      { ...PATIENT, what: name },
    );
    t.ok(Number.isFinite(Number(found?.value[1])), name);
  }
  const busy = await until(
    async () => {
      const result = await query('sum by (node) (rate(node_cpu_seconds_total{mode!="idle"}[10s]))');
      return result.length > 0 ? result : undefined;
    },
    { ...PATIENT, what: 'a rate of a counter' },
  );
  t.ok(Number(busy[0]?.value[1]) >= 0, 'counters are counters');
});
