/**
 * The sender, put together: sampler → local log → uplink, three parts that know each other only through the log. Long and straight
 * on purpose: the one place that knows every part, in the order in which they start; they stop in the opposite order.
 */

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { JoinCode } from '../shared/auth/join-code.ts';
import type { Config } from '../shared/config/config.ts';
import { formatHostPort } from '../shared/config/host-port.ts';
import { startControl } from '../shared/control/control.ts';
import { errnoOf, UserError } from '../shared/errors/errors.ts';
import { readBootId } from '../shared/files/boot-id.ts';
import { logPaths } from '../shared/log/log.ts';
import type { LogWriter } from '../shared/log/log-writer.ts';
import { openLogWriter } from '../shared/log/open-log-writer.ts';
import { type Sealer, startSealer } from '../shared/log/sealer.ts';
import type { Logger } from '../shared/logging/logger.ts';
import type { NodeName } from '../shared/names/node-name.ts';
import { VERSION } from '../shared/names/version.ts';
import type { Control } from '../shared/protocol/messages.ts';
import { systemClock } from '../shared/time/clock.ts';
import { startSenderAlerts } from './alerts/alerts.ts';
import { addressesOf } from './membership/addresses.ts';
import { ensureMembership } from './membership/ensure-membership.ts';
import { writeMembership } from './membership/membership.ts';
import { writePendingCode } from './membership/pending-code.ts';
import { setTwinAside } from './membership/set-twin-aside.ts';
import type { NewLogBrake } from './new-log-brake.ts';
import { type ExtraLine, type Recorder, startRecorder } from './recorder/recorder.ts';
import { readInventory } from './sampler/inventory.ts';
import { startSampler } from './sampler/sampler.ts';
import { startTopProcesses } from './sampler/top-processes.ts';
import { setLogAside } from './set-log-aside.ts';
import { logsRootOf, reachabilityOf, senderAlertsOf } from './settings.ts';
import { logStatusOf, type SenderStatus } from './status.ts';
import { tellFileNews } from './tell-file-news.ts';
import { tellInterval } from './tell-interval.ts';
import { tellLoss } from './tell-loss.ts';
import type { ReceiverAddress } from './uplink/connect.ts';
import type { TwinPermit } from './uplink/session-ports.ts';
import { startUplink } from './uplink/uplink.ts';

/** Options of {@link startSender}. */
export interface SenderOptions {
  readonly config: Config;
  /** Join with this code, whatever the machine has joined before; undefined: go on as the node that it is. */
  readonly join?: JoinCode | undefined;
  readonly log: Logger;
  /** The same for all senders that a program starts one after the other. */
  readonly newLogBrake: NewLogBrake;
  /** Ends the wait for a receiver to join. */
  readonly signal: AbortSignal;
}

/** A running sender. Disposing sends what is there, within seconds, and closes the log. */
export interface Sender extends AsyncDisposable {
  readonly node: NodeName;
  /** Where receivers are tried. */
  readonly receivers: readonly ReceiverAddress[];
  /** Resolves when the node has another name or needs a new log: the sender has to be started again. Rejects when it cannot go on. */
  readonly ended: Promise<void>;
}

const DAY_MS = 86_400_000;
/** How long the receiver may take to get the rest of a log whose node takes another name, ms. */
const CATCH_UP_MS = 30_000;

/**
 * Starts every part of the sender; resolves when it samples. The receiver need not be there, except that a machine has to join it once.
 *
 * @throws UserError when the data directory or the log cannot be used, another sender works there, or the receiver does not let
 *   this machine join
 */
export async function startSender(options: SenderOptions): Promise<Sender> {
  const { config, join: code, log, signal, newLogBrake } = options;
  const { sender: settings } = config;
  const directory = settings.data_directory;
  const startedMs = systemClock.now();
  const bootId = readBootId();
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined);
  await using stack = new AsyncDisposableStack();

  const parts: { status?: () => SenderStatus } = {};
  let trouble = 'the sender is just starting';
  const status = async () => {
    if (parts.status === undefined) throw new UserError('NOT_RUNNING', trouble);
    return parts.status();
  };
  stack.use(await startControl({ directory, name: 'sender', handlers: { status }, log }));
  let membership = await ensureMembership({
    ...{ config, code, signal },
    onTrouble(reason) {
      trouble = `this machine has not joined yet, and tries again: ${reason}`;
    },
    log: log.child({ part: 'membership' }),
  });
  const { node } = membership;
  const receivers = addressesOf(config, membership);
  // Under the lock, but after the writer has closed its files.
  let isLogDone = false;
  let isTwin = false;
  stack.defer(async () => {
    if (isTwin) await setTwinAside(directory, new Date(systemClock.now()));
    else if (isLogDone) await setLogAside(logPaths(logsRootOf(config), node), systemClock.now());
  });

  const sealer = stack.use(
    startSealer({
      onError: (job, err) => log.error({ err, segment: job.number }, 'a segment could not be sealed'),
    }),
  );
  const writer = stack.use(await openLog(config, node, bootId, sealer));
  const sampler = stack.use(await startSampler());

  let sleeptimeSeconds = settings.sleeptime ?? config.sleeptime;
  let recorder: Recorder | undefined;
  let isTakingName = false;

  function setSleeptime(seconds: number): void {
    if (settings.sleeptime !== undefined || seconds === sleeptimeSeconds) return;
    sleeptimeSeconds = seconds;
    recorder?.setInterval(seconds * 1000);
    tellInterval(seconds, { writer, atMs: systemClock.now(), log });
  }

  function beginNewLog(reason: string): void {
    isLogDone = true;
    newLogBrake.engage(systemClock.monotonic());
    log.warn({ node, reason }, 'the log here is set aside, whole, and a new one begun');
    ended.resolve();
  }

  /** The code first: without it a copy that is killed half-way would not know how to join. */
  async function becomeOwnNode({ id, secret, certificate }: TwinPermit, reason: string): Promise<void> {
    const addresses = receivers.map(({ host, port }) => formatHostPort(host, port));
    await writePendingCode(directory, { id, secret, certificate, addresses });
    isTwin = true;
    log.warn({ node, reason }, 'this machine is a copy of another one, and joins as a node of its own');
    ended.resolve();
  }

  async function keepCertificates(certificates: readonly string[]): Promise<void> {
    if (isDeepStrictEqual(certificates, membership.certificates)) return;
    // One that came by plain TCP stays with it; only a new join code changes that.
    if (membership.certificates === undefined) return;
    membership = { ...membership, certificates };
    await writeMembership(directory, membership);
    log.info({ certificates }, 'the receiver announced its certificates');
  }

  /** What the log holds under the old name has to be at the receiver first; if that takes too long, it is told again later. */
  async function takeName(name: NodeName): Promise<void> {
    if (name === node || isTakingName) return;
    isTakingName = true;
    await recorder?.[Symbol.asyncDispose]();
    if (await uplink.caughtUp(CATCH_UP_MS)) {
      await writeMembership(directory, { ...membership, node: name });
      log.info({ from: node, to: name }, 'the receiver gave this node another name');
    }
    ended.resolve();
  }

  const uplink = stack.use(
    startUplink({
      receivers,
      certificates: () => membership.certificates,
      secret: membership,
      writer,
      facts: {
        ...{ hostName: hostname(), bootId, version: VERSION, instance: randomUUID() },
        sleeptimeSeconds: () => sleeptimeSeconds,
      },
      clock: systemClock,
      log: log.child({ part: 'uplink' }),
      onInterval: setSleeptime,
      onCertificates: keepCertificates,
      onRename: (name) => void takeName(name).catch(ended.reject),
      mayBeginNewLog: () => newLogBrake.isOpen(systemClock.monotonic()),
      onNewLogNeeded: beginNewLog,
      onTwin: (permit, reason) => void becomeOwnNode(permit, reason).catch(ended.reject),
      onSegmentLost: (loss) => tellLoss(loss, { writer, atMs: systemClock.now(), log }),
    }),
  );

  writer.onFileNews((news) => {
    const tellReceiver = (message: Control) => uplink.tell(message);
    tellFileNews(news, { writer, atMs: systemClock.now(), log, tellReceiver });
  });

  const alerting = await senderAlertsOf(config, log.child({ part: 'alerts' }));
  if (alerting !== undefined) {
    const reachability = () => reachabilityOf(uplink.state());
    stack.use(await startSenderAlerts({ ...alerting, node, reachability, clock: systemClock }));
  }

  // Started last and so stopped first: what it has sampled until then, the uplink still sends.
  recorder = stack.use(
    startRecorder({
      sample: (atMs) => sampler.sample(atMs),
      extraLines: await extraLinesOf(config),
      writer,
      intervalMs: sleeptimeSeconds * 1000,
      syncMs: settings.sync_seconds * 1000,
      retention: { maxAgeMs: settings.retention.days * DAY_MS, maxBytes: settings.retention.bytes },
      acknowledgedSegment: () => uplink.acknowledgedSegment(),
      onSample: (line) => uplink.newSample(line),
      onLost: (samples, sinceMs, reason) => uplink.tellLost(samples, sinceMs, reason),
      clock: systemClock,
      log: log.child({ part: 'recorder' }),
    }),
  );

  const { state: recorderState } = recorder;
  parts.status = () => ({
    pid: process.pid,
    version: VERSION,
    started: new Date(startedMs).toISOString(),
    node,
    data_directory: directory,
    log: logStatusOf(writer),
    sleeptime: sleeptimeSeconds,
    uplink: uplink.state(),
    recorder: recorderState(),
  });
  log.info({ node, directory }, 'the sender samples');
  const all = stack.move();
  return {
    node,
    receivers,
    ended: ended.promise,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function openLog(config: Config, node: NodeName, bootId: string, sealer: Sealer): Promise<LogWriter> {
  const paths = logPaths(logsRootOf(config), node);
  const options = { paths, bootId, segmentBytes: config.log.segment_bytes, sealer };
  try {
    return await openLogWriter(options, systemClock.now());
  } catch (error) {
    if (error instanceof UserError) throw error;
    const isFull = ['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '');
    const message = isFull
      ? `no space is left for the log in ${paths.root}`
      : `cannot use the log in ${paths.root}`;
    const hint = isFull
      ? 'Free some space; the log begins with a few kilobytes.'
      : 'This user must be able to write sender.data_directory.';
    throw new UserError(isFull ? 'DISK_FULL' : 'DIRECTORY_UNUSABLE', message, { cause: error, hint });
  }
}

async function extraLinesOf({ sender }: Config): Promise<readonly ExtraLine[]> {
  const inventory = {
    name: 'inventory',
    read: (atMs: number) => readInventory(atMs),
    intervalMs: sender.inventory_seconds * 1000,
  };
  if (sender.top_processes_seconds === 0) return [inventory];
  const top = await startTopProcesses();
  const intervalMs = sender.top_processes_seconds * 1000;
  return [inventory, { name: 'top processes', read: (atMs) => top.read(atMs), intervalMs }];
}
