import { VERSION } from '../../../shared/names/version.ts';
import { parseLine } from '../../history/read-values.ts';
import { describeFleet } from '../describe-node.ts';
import type { WebPorts } from '../ports.ts';
import { MetricsText } from './metrics-text.ts';
import { addNodeMetrics } from './node-metrics.ts';

/** A node whose newest sample is older says nothing of the present, ms: its metrics end, as those of a scrape that fails. */
const STALE_MS = 5 * 60_000;

/** Everything that there is to scrape: the receiver, then each node. */
export async function writeMetrics(ports: WebPorts): Promise<string> {
  const text = new MetricsText();
  addReceiver(text, ports);
  const lines = (await ports.history?.newestLines()) ?? new Map<string, string>();
  const nowMs = Date.now();
  for (const [node, line] of lines) {
    const sample = parseLine(line);
    if (sample === undefined) continue;
    if (nowMs - Date.parse(String(sample['t'])) <= STALE_MS) addNodeMetrics(text, node, sample);
  }
  return text.end();
}

function addReceiver(text: MetricsText, ports: WebPorts): void {
  text.add('fleetkeep_build_info', 'gauge', 'Version of the receiver.', { version: VERSION }, 1);
  const mirror = ports.mirror.state();
  const lastSuccess = mirror.lastSuccess && mirror.lastSuccess.atMs / 1000;
  text.add(
    'fleetkeep_mirror_last_success_timestamp_seconds',
    'gauge',
    'End of the last good run.',
    {},
    lastSuccess,
  );
  text.add(
    'fleetkeep_mirror_ok',
    'gauge',
    'Whether the last run was good.',
    {},
    Number(mirror.problem === undefined),
  );
  text.add('fleetkeep_outbox_pending', 'gauge', 'Messages that wait.', {}, ports.alerts.state().pending);
  text.add('fleetkeep_alerts_firing', 'gauge', 'Alerts.', {}, ports.alerts.incidents.open().length);
  for (const node of describeFleet(ports)) {
    const labels = { node: node.name };
    text.add(
      'fleetkeep_node_up',
      'gauge',
      'Whether the node is connected.',
      labels,
      Number(node.state === 'up'),
    );
    text.add(
      'fleetkeep_node_state_since_seconds',
      'gauge',
      'When its state changed.',
      labels,
      node.sinceMs / 1000,
    );
    text.add('fleetkeep_node_alerts', 'gauge', 'Alerts about the node.', labels, node.firing);
  }
}
