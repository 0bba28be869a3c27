/**
 * The receiver, put together. Long and straight on purpose: the one place that knows every part, in the order in which they
 * start; they stop in the opposite order.
 */

import { availableParallelism } from 'node:os';
import type { Config } from '../shared/config/config.ts';
import type { LoadConfigOptions, LoadedConfig } from '../shared/config/load.ts';
import { startControl } from '../shared/control/control.ts';
import { readBootId } from '../shared/files/boot-id.ts';
import { logPaths } from '../shared/log/log.ts';
import { logsUnderName } from '../shared/log/logs-under-name.ts';
import type { Logger } from '../shared/logging/logger.ts';
import { VERSION } from '../shared/names/version.ts';
import { systemClock } from '../shared/time/clock.ts';
import { createAdmission } from './admission/admission.ts';
import { replacedRefusal } from './admission/refusals.ts';
import { openDrive } from './backup/drive.ts';
import { changeCertificates } from './certificate-change.ts';
import { controlHandlers } from './control-handlers.ts';
import { describeTwins } from './describe-twins.ts';
import { type Duties, startDuties } from './duties.ts';
import { DUTY_KEYS } from './duty-keys.ts';
import { startFleet } from './fleet/fleet.ts';
import { openRenames } from './fleet/renames.ts';
import { openStateStore } from './fleet/state-store.ts';
import { startIngest } from './ingest/ingest.ts';
import { failedAttempts, ingestEvents } from './ingest-events.ts';
import { adoptIdentity, keepIdentity } from './keep-identity.ts';
import { keepPrivate } from './keep-private.ts';
import { startLiveConfig } from './live-config.ts';
import { liveSleeptime } from './page-settings/live-sleeptime.ts';
import { openPageSettings } from './page-settings/page-settings.ts';
import { ProblemRelay } from './problem-relay.ts';
import type { Receiver } from './receiver.ts';
import { readReceiverId } from './receiver-id.ts';
import { type Replaceable, startReplaceable } from './replaceable.ts';
import { ingestLimitsOf, logsRootOf, mirrorRecordOf, openIdentityOf } from './settings.ts';
import { openAccounts } from './web/web.ts';

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
  const parts: { receiver?: Receiver; duties?: Replaceable<Config, Duties> } = {};
  const handlers = controlHandlers(() => parts.receiver);
  stack.use(await startControl({ directory, name: 'receiver', handlers, log }));

  const store = stack.use(openStateStore(directory));
  await keepPrivate(directory);
  const drive = stack.use(openDrive({ log: log.child({ part: 'backup' }) }));
  await adoptIdentity({
    ...{ directory, store, log },
    mirror: config.to_directory,
    readKept: () =>
      drive.runWhileMoving({
        order: { kind: 'read-identity', directory: config.to_directory },
        limitMs: config.mirror.hang_seconds * 1000,
      }),
  });
  const receiverId = await readReceiverId(directory);
  const fleet = stack.use(startFleet({ store, log: log.child({ part: 'fleet' }) }));
  const relay = new ProblemRelay();

  const renames = openRenames(store);
  const admission = createAdmission({
    store,
    receiverId,
    logsUnder: (node) => logsUnderName(logPaths(logsRoot, node)),
    logOf: (node) => fleet.node(node)?.logId,
    onReplaced: (node) => parts.receiver?.ingest.refuse(node, replacedRefusal(node)),
    onTwins: (twins) => relay.report(describeTwins(twins)),
    alarmAt: config.receiver.limits.failed_attempts,
    onAlarm: (address, attempts) => relay.report(failedAttempts(address, attempts)),
    renames,
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
      onSwitched: () => identityCopy.changed(),
      log: log.child({ part: 'identity' }),
    });

  const accounts = openAccounts(store);
  const recordPath = mirrorRecordOf(config);
  const identityCopy = stack.use(
    keepIdentity({
      read: () => ({
        receiverId,
        pair: identity?.current,
        credentials: admission.credentials(),
        logsOf: admission.logsOf,
      }),
      write: async (content, signal) => {
        const { to_directory: mirror, mirror: rules } = parts.receiver?.config ?? config;
        const order = { kind: 'keep-identity', directory: mirror, recordPath, content } as const;
        return await drive.runWhileMoving({ order, limitMs: rules.hang_seconds * 1000, signal });
      },
      log: log.child({ part: 'backup' }),
    }),
  );
  stack.use(admission.onChange(() => identityCopy.changed()));

  let { number_of_nodes: numberOfNodes } = config;
  const pageSettings = await openPageSettings(directory);
  const ingest = stack.use(
    await startIngest({
      logsRoot,
      receiverId,
      version: VERSION,
      bootId: readBootId(),
      host: config.receiver.listen_address,
      port: config.port,
      sleeptimeSeconds: pageSettings.sleeptime()?.value ?? config.sleeptime,
      commitMs: config.receiver.commit_seconds * 1000,
      acknowledgeMs: config.receiver.acknowledge_seconds * 1000,
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
        alerts: relay,
        isMember(node) {
          const credential = admission.credentialOf(node);
          return credential !== undefined && credential.revoked === undefined;
        },
        onMoved: (nodes) => parts.receiver?.history?.moved(nodes),
        onLive: (node, line) => parts.receiver?.history?.live(node, line),
        onConfirmed: (node, sha256) => certificates?.confirmed(node, sha256),
        onFilesChanged: (node) => parts.duties?.present.nodeConnected(node),
        onConnected: (node) => {
          certificates?.connected(node);
          parts.duties?.present.nodeConnected(node);
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

  const sleeptime = liveSleeptime(pageSettings, config.sleeptime, (seconds) => ingest.setSleeptime(seconds));

  const duties = stack.use(
    await startReplaceable<Config, Duties>({
      config,
      start: (changed) =>
        startDuties(
          {
            ...{
              store,
              fleet,
              admission,
              ingest,
              identity,
              relay,
              drive,
              control: handlers,
              recordPath,
              log,
            },
            accounts,
            onMirrorSolved: () => identityCopy.changed(),
            sleeptime,
            renames,
          },
          changed,
        ),
      log,
    }),
  );

  parts.duties = duties;

  const liveConfig = stack.use(
    startLiveConfig({
      config,
      load: options.load,
      path: options.path,
      groups: [
        {
          keys: ['sleeptime'],
          merge: (present, next) => ({ ...present, sleeptime: next.sleeptime }),
          isOverridden: () => sleeptime.setting() !== undefined,
          apply: (changed) => sleeptime.configure(changed.sleeptime),
        },
        {
          keys: ['number_of_nodes'],
          merge: (present, next) => ({ ...present, number_of_nodes: next.number_of_nodes }),
          apply(changed) {
            numberOfNodes = changed.number_of_nodes;
            ingest.setNumberOfNodes(numberOfNodes);
          },
        },
        { ...DUTY_KEYS, apply: (changed) => duties.replace(changed) },
      ],
      log,
    }),
  );

  const running = stack.move();
  const receiver: Receiver = {
    get config() {
      return liveConfig.config;
    },
    port: ingest.port,
    id: receiverId,
    certificates,
    startedMs,
    sleeptime,
    renames,
    numberOfNodes: () => numberOfNodes,
    reload: () => liveConfig.reload(),
    admission,
    ingest,
    fleet,
    drive,
    get alerts() {
      return duties.present.alerts;
    },
    get mirror() {
      return duties.present.mirror;
    },
    get history() {
      return duties.present.history;
    },
    get web() {
      return duties.present.web;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
  parts.receiver = receiver;
  log.info({ port: receiver.port, directory }, 'the receiver takes senders');
  return receiver;
}
