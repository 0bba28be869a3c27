/**
 * What the receiver does beside taking logs: alerts, history and rules, the mirror, retention, the dead man's switch and the pages. No node's
 * connection depends on them, so they are started anew when their part of config.json changes, while logs go on coming in.
 */

import type { Config } from '../shared/config/config.ts';
import type { ControlHandlers } from '../shared/control/serve-client.ts';
import { readBootId } from '../shared/files/boot-id.ts';
import { logPaths } from '../shared/log/log.ts';
import type { Logger } from '../shared/logging/logger.ts';
import type { NodeName } from '../shared/names/node-name.ts';
import { systemClock } from '../shared/time/clock.ts';
import type { Admission } from './admission/admission.ts';
import { type Alerts, startAlerts } from './alerts/alerts.ts';
import { calmPolicyOf } from './alerts/calm-policy-of.ts';
import { startHeartbeat } from './alerts/heartbeat.ts';
import { readOutbox } from './alerts/outbox-view-store.ts';
import { readRecentLines } from './alerts/read-recent-lines.ts';
import type { Drive } from './backup/drive.ts';
import { type Mirror, startMirror } from './backup/mirror.ts';
import { mirrorOnDrive } from './backup/mirror-on-drive.ts';
import { MIRROR_KEY } from './backup/mirror-problem.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { Renames } from './fleet/renames.ts';
import type { StateStore } from './fleet/state-store.ts';
import { type RunningHistory, startHistory } from './history/start-history.ts';
import type { Identity } from './identity/identity.ts';
import type { Ingest } from './ingest/ingest.ts';
import type { LiveSleeptime } from './page-settings/live-sleeptime.ts';
import type { ProblemRelay } from './problem-relay.ts';
import { retentionLimitsOf, startRetention } from './retention.ts';
import { concerns } from './rules/concerns.ts';
import { describeRules } from './rules/describe-rules.ts';
import { firingKeys, firingOfSamples } from './rules/firing-keys.ts';
import { problemOf } from './rules/problem-of.ts';
import { rulesOfConfig, tagsOfConfig } from './rules/rules-of-config.ts';
import { watchReceiver } from './rules/watch-receiver.ts';
import { createSegmentRepair, type SegmentRepair } from './segment-repair.ts';
import { historyOptionsOf, logsRootOf, mailOptionsOf, verifyRecordOf, webTlsOf } from './settings.ts';
import { tellHung } from './tell-hung.ts';
import { troublesOf } from './troubles.ts';
import { startWeb, type Web, type WebAccounts } from './web/web.ts';

/** What the duties need of the receiver, and what stays when they are started anew. */
export interface DutyPorts {
  readonly store: StateStore;
  readonly fleet: Fleet;
  readonly admission: Admission;
  readonly ingest: Ingest;
  readonly identity: Identity | undefined;
  /** Is connected to the alerts while they run. */
  readonly relay: ProblemRelay;
  readonly accounts: WebAccounts;
  readonly control: ControlHandlers;
  readonly drive: Drive;
  /** `mirror.json` in the data directory. */
  readonly recordPath: string;
  /** The mirror can be written again. */
  readonly onMirrorSolved: () => void;
  readonly sleeptime: LiveSleeptime;
  readonly renames: Renames;
  readonly log: Logger;
}

/** The running duties. */
export interface Duties extends AsyncDisposable {
  readonly alerts: Alerts;
  readonly mirror: Mirror;
  /** Undefined when the configuration wants none. */
  readonly history: RunningHistory | undefined;
  /** Undefined when the configuration wants none. */
  readonly web: Web | undefined;
  /** A node has come, and can be asked for what is missing of its log. */
  nodeConnected(node: NodeName): void;
}

/** Starts all of them. @throws UserError when the configuration cannot be used; then nothing of them runs */
export async function startDuties(ports: DutyPorts, config: Config): Promise<Duties> {
  const { store, fleet, log } = ports;
  const directory = config.receiver.data_directory;
  const logsRoot = logsRootOf(config);
  await using stack = new AsyncDisposableStack();

  const alerts = stack.use(
    startAlerts({
      ...{ store, fleet, directory },
      mail: await mailOptionsOf(config),
      times: { graceMs: config.alerts.disconnect_grace_seconds * 1000 },
      policy: calmPolicyOf(config.alerts),
      readRecent: (node, span) => readRecentLines(logPaths(logsRoot, node), span),
      log: log.child({ part: 'alerts' }),
    }),
  );
  stack.use(ports.relay.connect(alerts));
  const history = startWatching(stack, ports, config, alerts);
  const repair = createSegmentRepair({ ...ports, logsRoot, alerts, log: log.child({ part: 'backup' }) });
  const mirror = await startCopies(stack, ports, config, { alerts, repair });
  const web = config.web.enabled
    ? stack.use(await startPages(ports, config, { alerts, history, mirror }))
    : undefined;

  const running = stack.move();
  const nodeConnected = (node: NodeName) => void repair.nodeConnected(node, mirror);
  for (const node of ports.ingest.connected().keys()) nodeConnected(node);
  return { alerts, mirror, history, web, nodeConnected, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** History, and the rules about what samples and connections say. */
function startWatching(
  stack: AsyncDisposableStack,
  { fleet, log }: DutyPorts,
  config: Config,
  alerts: Alerts,
): RunningHistory | undefined {
  const rules = rulesOfConfig(config);
  const history = config.history.enabled
    ? stack.use(
        startHistory({
          ...historyOptionsOf(config, log.child({ part: 'history' })),
          firing: () => firingOfSamples(firingKeys(alerts), rules),
          onRule: (change) =>
            change.kind === 'raise' ? alerts.raise(problemOf(change)) : alerts.clear(change.key),
          onRuleGone: (key) => alerts.clear(key),
          onHung: (outcome) => tellHung(alerts, 'history', outcome),
        }),
      )
    : undefined;
  stack.use(
    watchReceiver({
      rules,
      concerns: (rule, node) => concerns(rule, node, tagsOfConfig(config)),
      ...{ fleet, alerts, directory: config.receiver.data_directory, firing: firingKeys(alerts) },
      log: log.child({ part: 'rules' }),
    }),
  );
  return history;
}

/** The mirror, what is dropped of the live logs, and the call that says that all of this is well. */
async function startCopies(
  stack: AsyncDisposableStack,
  { drive, fleet, recordPath, onMirrorSolved, log }: DutyPorts,
  config: Config,
  { alerts, repair }: { readonly alerts: Alerts; readonly repair: SegmentRepair },
): Promise<Mirror> {
  const logsRoot = logsRootOf(config);
  const mirror = stack.use(
    await startMirror({
      ...{ logsRoot, recordPath },
      run: repair.withSuspects(mirrorOnDrive(drive)),
      stallMs: config.mirror.hang_seconds * 1000,
      directory: config.to_directory,
      schedule: config.mirror.schedule,
      timeZone: config.mirror.time_zone,
      allowSameDevice: config.mirror.allow_same_device,
      requireMountPoint: config.mirror.require_mount_point,
      retention: retentionLimitsOf(config.mirror.retention),
      bootId: readBootId(),
      clock: systemClock,
      log: log.child({ part: 'backup' }),
      fetchFromNodes: (wanted, signal) => repair.fetch(wanted, signal),
      onProblem: (problem) => alerts.raise({ ...problem, severity: 'critical' }),
      onSolved(key) {
        alerts.clear(key);
        if (key === MIRROR_KEY) onMirrorSolved();
      },
    }),
  );
  const watching = fleet.onChange(({ node }) => {
    if (node.state.kind === 'up') mirror.nodeConnected(node.name);
  });
  stack.use(watching);
  for (const { name, state } of fleet.nodes()) if (state.kind === 'up') mirror.nodeConnected(name);
  const { url, every_seconds: everySeconds } = config.alerts.heartbeat;
  if (url !== undefined) {
    stack.use(
      startHeartbeat({
        url,
        intervalMs: everySeconds * 1000,
        troubles: () => troublesOf(mirror.state(), alerts.state(), systemClock.monotonic()),
        log: log.child({ part: 'heartbeat' }),
      }),
    );
  }
  const limits = retentionLimitsOf(config.receiver.retention);
  stack.use(startRetention({ logsRoot, limits, log: log.child({ part: 'retention' }) }));
  return mirror;
}

async function startPages(
  ports: DutyPorts,
  config: Config,
  duties: Pick<Duties, 'alerts' | 'history' | 'mirror'>,
): Promise<Web> {
  const { store, fleet, admission, ingest, control, sleeptime, renames } = ports;
  const { history } = duties;
  return await startWeb({
    address: config.web.listen_address,
    port: config.web.port,
    tls: webTlsOf(config, ports.identity),
    isMetricsOpen: config.web.metrics_open,
    accounts: ports.accounts,
    log: ports.log.child({ part: 'web' }),
    ports: {
      ...{ fleet, admission, ingest, control, sleeptime, renames, ...duties },
      logsRoot: logsRootOf(config),
      verifyRecordPath: verifyRecordOf(config),
      outbox: readOutbox(store),
      rules: async () => describeRules(rulesOfConfig(config), (await history?.ruleStates()) ?? []),
      tagsOf: (node) => config.nodes[node]?.tags ?? [],
    },
  });
}
