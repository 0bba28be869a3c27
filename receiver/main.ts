/**
 * The receiver, put together. Long and straight on purpose: the one place that knows every part, in the order in which they
 * start; they stop in the opposite order.
 */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { LoadConfigOptions, LoadedConfig } from '../shared/config/load.ts';
import { startControl } from '../shared/control/control.ts';
import { readBootId } from '../shared/files/boot-id.ts';
import { logPaths } from '../shared/log/log.ts';
import type { Logger } from '../shared/logging/logger.ts';
import { VERSION } from '../shared/names/version.ts';
import { systemClock } from '../shared/time/clock.ts';
import { createAdmission } from './admission/admission.ts';
import { startAlerts } from './alerts/alerts.ts';
import { calmPolicyOf } from './alerts/calm-policy-of.ts';
import { startHeartbeat } from './alerts/heartbeat.ts';
import { readOutbox } from './alerts/outbox-view-store.ts';
import { readRecentLines } from './alerts/read-recent-lines.ts';
import { startMirror } from './backup/mirror.ts';
import { MIRROR_KEY } from './backup/mirror-problem.ts';
import { changeCertificates } from './certificate-change.ts';
import { controlHandlers } from './control-handlers.ts';
import { startFleet } from './fleet/fleet.ts';
import { openStateStore } from './fleet/state-store.ts';
import { startHistory } from './history/start-history.ts';
import { startIngest } from './ingest/ingest.ts';
import { failedAttempts, ingestEvents } from './ingest-events.ts';
import { adoptIdentity, keepIdentity } from './keep-identity.ts';
import { keepPrivate } from './keep-private.ts';
import { startLiveConfig } from './live-config.ts';
import type { Receiver } from './receiver.ts';
import { readReceiverId } from './receiver-id.ts';
import { retentionLimitsOf, startRetention } from './retention.ts';
import { concerns } from './rules/concerns.ts';
import { describeRules } from './rules/describe-rules.ts';
import { firingKeys, firingOfSamples } from './rules/firing-keys.ts';
import { problemOf } from './rules/problem-of.ts';
import { rulesOfConfig, tagsOfConfig } from './rules/rules-of-config.ts';
import { watchReceiver } from './rules/watch-receiver.ts';
import { setSleeptimeInFile } from './set-interval-in-config.ts';
import {
  historyOptionsOf,
  ingestLimitsOf,
  logsRootOf,
  mailOptionsOf,
  openIdentityOf,
  webTlsOf,
} from './settings.ts';
import { troublesOf } from './troubles.ts';
import { startWeb } from './web/web.ts';

/** Options of {@link startReceiver}. */
export interface ReceiverOptions extends LoadedConfig {
  /** How the configuration was loaded, to load it again when the file changes. */
  readonly load: LoadConfigOptions;
  readonly log: Logger;
}

/**
 * Starts every part of the receiver; resolves when senders can connect.
 *
 * @throws UserError when the data directory, the port or the configuration cannot be used
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { config, log } = options;
  const directory = config.receiver.data_directory;
  const logsRoot = logsRootOf(config);
  const startedMs = systemClock.now();
  await using stack = new AsyncDisposableStack();

  // First in, last out: the lock on the data directory, and with it the commands, which find the parts as they come up.
  const parts: { receiver?: Receiver } = {};
  const handlers = controlHandlers(() => parts.receiver);
  stack.use(await startControl({ directory, name: 'receiver', handlers, log }));

  const store = stack.use(openStateStore(directory));
  await keepPrivate(directory);
  await adoptIdentity(directory, config.to_directory, store, log);
  const receiverId = await readReceiverId(directory);
  const fleet = stack.use(startFleet({ store, log: log.child({ part: 'fleet' }) }));
  const alerts = stack.use(
    startAlerts({
      store,
      fleet,
      directory,
      mail: await mailOptionsOf(config),
      times: { graceMs: config.alerts.disconnect_grace_seconds * 1000 },
      policy: calmPolicyOf(config.alerts),
      readRecent: (node, span) => readRecentLines(logPaths(logsRoot, node), span),
      log: log.child({ part: 'alerts' }),
    }),
  );

  const admission = createAdmission({
    store,
    receiverId,
    logOf: (node) => fleet.node(node)?.logId,
    alarmAt: config.receiver.limits.failed_attempts,
    onAlarm: (address, attempts) => alerts.report(failedAttempts(address, attempts)),
    onRenamed: (from) => fleet.forget(from),
    clock: systemClock,
    log: log.child({ part: 'admission' }),
  });

  const identity = await openIdentityOf(config);
  const certificates =
    identity &&
    changeCertificates({
      identity,
      admission,
      ingest: () => parts.receiver?.ingest,
      onSwitched: () => keepInMirror(),
      log: log.child({ part: 'identity' }),
    });

  const recordPath = join(directory, 'mirror.json');
  const keepInMirror = keepIdentity({
    mirror: config.to_directory,
    recordPath,
    read: () => ({ receiverId, pair: identity?.current, credentials: admission.credentials() }),
    log: log.child({ part: 'backup' }),
  });
  stack.use(admission.onChange(keepInMirror));

  const history = config.history.enabled
    ? stack.use(
        startHistory({
          ...historyOptionsOf(config, log.child({ part: 'history' })),
          firing: () => firingOfSamples(firingKeys(alerts), rulesOfConfig(config)),
          onRule: (change) =>
            change.kind === 'raise' ? alerts.raise(problemOf(change)) : alerts.clear(change.key),
          onRuleGone: (key) => alerts.clear(key),
        }),
      )
    : undefined;
  stack.use(
    watchReceiver({
      rules: rulesOfConfig(config),
      concerns: (rule, node) => concerns(rule, node, tagsOfConfig(config)),
      ...{ fleet, alerts, directory, firing: firingKeys(alerts) },
      log: log.child({ part: 'rules' }),
    }),
  );

  let { sleeptime, number_of_nodes: numberOfNodes } = config;
  const ingest = stack.use(
    await startIngest({
      logsRoot,
      receiverId,
      version: VERSION,
      bootId: readBootId(),
      host: config.receiver.listen_address,
      port: config.port,
      sleeptimeSeconds: config.sleeptime,
      commitMs: config.receiver.commit_seconds * 1000,
      helloTimeoutMs: config.receiver.hello_timeout_seconds * 1000,
      silenceMs: config.receiver.silence_timeout_seconds * 1000,
      numberOfNodes: config.number_of_nodes,
      workers: config.receiver.workers === 0 ? availableParallelism() : config.receiver.workers,
      workerHeapMb: config.receiver.worker_heap_mb,
      tls: identity?.current,
      gate: admission,
      limits: ingestLimitsOf(config),
      events: ingestEvents({
        fleet,
        alerts,
        isMember(node) {
          const credential = admission.credentialOf(node);
          return credential !== undefined && credential.revoked === undefined;
        },
        onMoved: (nodes) => history?.moved(nodes),
        onLive: (node, line) => history?.live(node, line),
        onConfirmed: (node, sha256) => certificates?.confirmed(node, sha256),
        onConnected: (node) => {
          certificates?.connected(node);
          const name = admission.credentialOf(node)?.nextName;
          if (name !== undefined) parts.receiver?.ingest.control(node, { kind: 'rename', node: name });
        },
        numberOfNodes: () => numberOfNodes,
        bytesPerDay: config.receiver.limits.bytes_per_day,
        log: log.child({ part: 'ingest' }),
      }),
      log: log.child({ part: 'ingest' }),
    }),
  );

  // Disposed before ingest: its own hanging up is not the nodes' doing.
  stack.defer(() => fleet.stopping());

  const mirror = stack.use(
    await startMirror({
      logsRoot,
      directory: config.to_directory,
      recordPath,
      schedule: config.mirror.schedule,
      timezone: 'UTC',
      allowSameDevice: config.mirror.allow_same_device,
      requireMountPoint: config.mirror.require_mount_point,
      retention: retentionLimitsOf(config.mirror.retention),
      bootId: readBootId(),
      clock: systemClock,
      log: log.child({ part: 'backup' }),
      onProblem: (problem) => alerts.raise({ ...problem, severity: 'critical' }),
      onSolved(key) {
        alerts.clear(key);
        if (key === MIRROR_KEY) keepInMirror();
      },
    }),
  );
  const { url, every_seconds: everySeconds } = config.alerts.heartbeat;
  if (url !== undefined) {
    stack.use(
      startHeartbeat({
        url,
        intervalMs: everySeconds * 1000,
        troubles: () => troublesOf(mirror.state(), alerts.state(), systemClock.now()),
        log: log.child({ part: 'heartbeat' }),
      }),
    );
  }
  stack.use(
    startRetention({
      logsRoot,
      limits: retentionLimitsOf(config.receiver.retention),
      log: log.child({ part: 'retention' }),
    }),
  );

  const liveConfig = stack.use(
    startLiveConfig({
      config,
      load: options.load,
      path: options.path,
      live: {
        sleeptime: (changed) => {
          sleeptime = changed.sleeptime;
          ingest.setSleeptime(sleeptime);
        },
        number_of_nodes: (changed) => {
          numberOfNodes = changed.number_of_nodes;
          ingest.setNumberOfNodes(numberOfNodes);
        },
      },
      log,
    }),
  );

  const web = config.web.enabled
    ? stack.use(
        await startWeb({
          address: config.web.listen_address,
          port: config.web.port,
          tls: webTlsOf(config, identity),
          isMetricsOpen: config.web.metrics_open,
          store,
          log: log.child({ part: 'web' }),
          ports: {
            ...{ fleet, alerts, admission, mirror, ingest, history, logsRoot, control: handlers },
            outbox: readOutbox(store),
            sleeptimeSeconds: () => sleeptime,
            async setSleeptime(seconds) {
              sleeptime = seconds;
              ingest.setSleeptime(seconds);
              if (options.path !== undefined) await setSleeptimeInFile(options.path, seconds);
            },
            rules: async () => describeRules(rulesOfConfig(config), (await history?.ruleStates()) ?? []),
            tagsOf: (node) => config.nodes[node]?.tags ?? [],
          },
        }),
      )
    : undefined;

  const running = stack.move();
  const receiver: Receiver = {
    config,
    port: ingest.port,
    id: receiverId,
    certificates,
    startedMs,
    sleeptimeSeconds: () => sleeptime,
    numberOfNodes: () => numberOfNodes,
    reload: () => liveConfig.reload(),
    admission,
    ingest,
    fleet,
    alerts,
    mirror,
    history,
    web,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
  parts.receiver = receiver;
  log.info({ port: receiver.port, directory }, 'the receiver takes senders');
  return receiver;
}
