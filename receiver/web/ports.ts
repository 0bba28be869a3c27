import type { z } from 'zod';
import type { ControlHandlers } from '../../shared/control/serve-client.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Admission } from '../admission/admission.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { OutboxView } from '../alerts/outbox-view-store.ts';
import type { Mirror } from '../backup/mirror.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Renames } from '../fleet/renames.ts';
import type { History } from '../history/history.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { LiveSleeptime } from '../page-settings/live-sleeptime.ts';
import type { rulesAnswer } from './contract/alerts.ts';

/** What the web app shows of a running receiver, and has it do. */
export interface WebPorts {
  readonly fleet: Pick<Fleet, 'node' | 'nodes' | 'onChange'>;
  readonly renames: Pick<Renames, 'before' | 'nowOf'>;
  readonly alerts: Pick<Alerts, 'incidents' | 'silences' | 'state'>;
  readonly outbox: OutboxView;
  readonly admission: Pick<Admission, 'credentials'>;
  readonly mirror: Pick<Mirror, 'state' | 'runNow'>;
  readonly ingest: Pick<Ingest, 'connected'>;
  /** Undefined when none is kept. */
  readonly history: History | undefined;
  /** The live logs. */
  readonly logsRoot: string;
  /** Where it is recorded what verifications came to. */
  readonly verifyRecordPath: string;
  /** What the commands ask of the receiver; the web app asks the same. */
  readonly control: ControlHandlers;
  /** The interval of all nodes, and setting it, also for after a restart. */
  readonly sleeptime: Pick<LiveSleeptime, 'seconds' | 'setting' | 'set' | 'reset'>;
  /** The rules of alerts and what they see at present. */
  readonly rules: () => Promise<z.input<typeof rulesAnswer>>;
  readonly tagsOf: (node: NodeName) => readonly string[];
}
