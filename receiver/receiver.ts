import type { Config } from '../shared/config/config.ts';
import type { Alerts } from './alerts/alerts.ts';
import type { Mirror } from './backup/mirror.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { Ingest } from './ingest/ingest.ts';

/** A running receiver, as its commands see it. */
export interface Receiver extends AsyncDisposable {
  readonly config: Config;
  readonly port: number;
  readonly startedMs: number;
  /** The interval that senders have been told, seconds. */
  readonly sleeptimeSeconds: () => number;
  readonly ingest: Ingest;
  readonly fleet: Fleet;
  readonly alerts: Alerts;
  readonly mirror: Mirror;
}
