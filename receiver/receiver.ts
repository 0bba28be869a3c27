import type { Config } from '../shared/config/config.ts';
import type { Admission } from './admission/admission.ts';
import type { Alerts } from './alerts/alerts.ts';
import type { Drive } from './backup/drive.ts';
import type { Mirror } from './backup/mirror.ts';
import type { CertificateChange } from './certificate-change.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { Renames } from './fleet/renames.ts';
import type { RunningHistory } from './history/start-history.ts';
import type { Ingest } from './ingest/ingest.ts';
import type { Reloaded } from './live-config.ts';
import type { LiveSleeptime } from './page-settings/live-sleeptime.ts';
import type { Web } from './web/web.ts';

/** A running receiver, as its commands see it. */
export interface Receiver extends AsyncDisposable {
  readonly config: Config;
  readonly port: number;
  /** Its id. */
  readonly id: string;
  /** By what senders know it; undefined for plain TCP. */
  readonly certificates: CertificateChange | undefined;
  readonly startedMs: number;
  /** The interval that senders have been told. */
  readonly sleeptime: LiveSleeptime;
  /** How many nodes may be connected now. */
  readonly numberOfNodes: () => number;
  /** Loads config.json again. */
  readonly reload: () => Promise<Reloaded>;
  readonly admission: Admission;
  readonly ingest: Ingest;
  readonly fleet: Fleet;
  readonly renames: Renames;
  /** The second drive. */
  readonly drive: Drive;
  readonly alerts: Alerts;
  readonly mirror: Mirror;
  /** Undefined when the configuration wants none. */
  readonly history: RunningHistory | undefined;
  /** Undefined when the configuration wants none. */
  readonly web: Web | undefined;
}
