import { type Alerts, type StartAlertsOptions, startAlerts } from '../../../receiver/alerts/alerts.ts';
import { type Fleet, startFleet } from '../../../receiver/fleet/fleet.ts';
import type { ConnectedEvent } from '../../../receiver/fleet/fleet-state.ts';
import type { HowEnded } from '../../../receiver/fleet/node-record.ts';
import { openStateStore, type StateStore } from '../../../receiver/fleet/state-store.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import type { Clock } from '../../../shared/time/clock.ts';

/** Fleet and alerts of a receiver, without the rest of it. */
export interface ReceiverParts extends AsyncDisposable {
  readonly store: StateStore;
  readonly fleet: Fleet;
  readonly alerts: Alerts;
  connect(name: string, more?: Partial<ConnectedEvent>): void;
  disconnect(name: string, how?: HowEnded, reason?: string): void;
  /** Ends the alerts and starts them again, as a change of config.json does. */
  reload(meanwhile: () => void): Promise<void>;
}

/** Options of {@link startReceiverParts}: what the test cares about. */
export interface ReceiverPartsOptions
  extends Pick<StartAlertsOptions, 'mail' | 'times' | 'atStep' | 'backoff' | 'random' | 'smtpTimeouts'> {
  readonly directory: string;
  readonly clock: Clock;
  /** Nodes that ingest takes in before the alerts have started. */
  readonly early?: readonly string[] | undefined;
  readonly readRecent?: StartAlertsOptions['readRecent'] | undefined;
}

/** Starts both over `fleet.db` in the directory. */
export function startReceiverParts(options: ReceiverPartsOptions): ReceiverParts {
  const { directory, clock, readRecent = async () => undefined } = options;
  const log = createLogger('silent');
  const store = openStateStore(directory);
  const fleet = startFleet({ store, clock, log });
  const connect: ReceiverParts['connect'] = (name, more) =>
    fleet.connected({ ...aNode(name), atMs: clock.now(), ...more });
  for (const name of options.early ?? []) connect(name);
  const start = () => startAlerts({ ...options, readRecent, store, fleet, log });
  let alerts = start();
  return {
    store,
    fleet,
    get alerts() {
      return alerts;
    },
    connect,
    disconnect: (name, how = 'reset', reason) =>
      fleet.disconnected({ node: parseNodeName(name), how, reason, atMs: clock.now() }),
    async reload(meanwhile) {
      await alerts[Symbol.asyncDispose]();
      meanwhile();
      alerts = start();
    },
    async [Symbol.asyncDispose]() {
      await alerts[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
      store[Symbol.dispose]();
    },
  };
}

/** What a node says of itself when it connects. */
export function aNode(name: string): Omit<ConnectedEvent, 'atMs'> {
  return {
    node: parseNodeName(name),
    logId: `log-${name}`,
    hostName: `host-${name}`,
    address: '192.0.2.7',
    bootId: 'boot-1',
    version: '0.1.0',
    sleeptimeSeconds: 1,
  };
}
