import { VERSION } from '../shared/names/version.ts';
import { describeNodes, type NodeStatus } from './node-status.ts';
import type { SettingStatus } from './page-settings/live-sleeptime.ts';
import type { Receiver } from './receiver.ts';

/** What `status --json` prints. Times are RFC 3339 in UTC. */
export interface ReceiverStatus {
  readonly pid: number;
  /** Id of the receiver. */
  readonly receiver: string;
  readonly version: string;
  readonly started: string;
  readonly listening: { readonly host: string; readonly port: number };
  /** Where the web app is, and where its first password is set; null when there is none. */
  readonly web: { readonly url: string; readonly setup: string | null } | null;
  readonly data_directory: string;
  readonly sleeptime: number;
  /** What was set on the web page, and overrides config.json. */
  readonly settings: readonly SettingStatus[];
  readonly number_of_nodes: number;
  readonly connected: number;
  readonly nodes: readonly NodeStatus[];
  readonly mirror: ReturnType<Receiver['mirror']['state']>;
  readonly mail: ReturnType<Receiver['alerts']['state']>;
}

/** Says how a running receiver does. */
export function describeReceiver(receiver: Receiver): ReceiverStatus {
  const { config, ingest, fleet, admission, mirror, alerts, web, sleeptime } = receiver;
  return {
    pid: process.pid,
    receiver: receiver.id,
    version: VERSION,
    started: new Date(receiver.startedMs).toISOString(),
    listening: { host: config.receiver.listen_address, port: receiver.port },
    web: web === undefined ? null : { url: web.url, setup: web.setupUrl() ?? null },
    data_directory: config.receiver.data_directory,
    sleeptime: sleeptime.seconds(),
    settings: [sleeptime.setting()].filter((setting) => setting !== undefined),
    number_of_nodes: receiver.numberOfNodes(),
    connected: ingest.connected().size,
    nodes: describeNodes(fleet.nodes(), admission.credentials()),
    mirror: mirror.state(),
    mail: alerts.state(),
  };
}
