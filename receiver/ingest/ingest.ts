/**
 * Ingest: takes what the senders send and keeps it. Worker threads listen on one port (`reusePort`: the kernel spreads the
 * connections), each owns its sockets and the files of the nodes connected to them. This file is the main thread's side: it starts
 * the workers, decides who is connected, and turns their messages into events.
 *
 * 1. A node's files are open in one session at most: a worker opens them after the arbiter's grant and reports `released` after
 *    closing them.
 * 2. Nothing is acknowledged that `fdatasync` has not returned for.
 * 3. A worker that dies takes its connections with it and nothing else: its claims are released, it is started again, its
 *    senders connect again and resume. One that hangs is ended (`pulse.ts`), and so dies.
 * 4. All connections of a worker are read into the same memory ({@link ReadMemory}). What came in a chunk is appended, answered or
 *    copied before the next chunk is read, and nothing refers to it afterwards.
 */

import { UserError } from '../../shared/errors/errors.ts';
import { makeDirectory } from '../../shared/files/make-directory.ts';
import type { Position } from '../../shared/log/position.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Control, DigestResult } from '../../shared/protocol/messages.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { Arbiter } from './arbiter.ts';
import { DigestRequests } from './digest-requests.ts';
import type { IngestEvents } from './events.ts';
import { FetchRequests } from './fetch-requests.ts';
import { assertPortFree, isPortSharable } from './listen-port.ts';
import { type Gate, Lobby } from './lobby.ts';
import type {
  ClaimFacts,
  EndKind,
  FromWorker,
  Moved,
  Refusal,
  SessionId,
  WorkerSettings,
  WorkerTls,
} from './messages.ts';
import type { FetchOutcome } from './segment-fetch.ts';
import { startWorker, type WorkerHandle } from './worker-handle.ts';

export type { IngestEvents } from './events.ts';

/** Options of {@link startIngest}. */
export interface IngestOptions extends Omit<WorkerSettings, 'isPortShared'> {
  /** How many nodes may be connected. */
  readonly numberOfNodes: number;
  /** How many worker threads, at least 1. */
  readonly workers: number;
  /** Heap that a worker may use, MiB. */
  readonly workerHeapMb: number;
  readonly gate: Gate;
  readonly events: IngestEvents;
  readonly log: Logger;
  /** Of the looks at the workers' pulses. */
  readonly clock?: Clock | undefined;
}

/** A node that is connected. */
export interface ConnectedNode {
  readonly facts: ClaimFacts;
  readonly session: SessionId;
  /** Acknowledged position, as of the last report. */
  readonly position: Position;
}

/** A running ingest. Disposing syncs and acknowledges what has come, says goodbye and closes. */
export interface Ingest extends AsyncDisposable {
  /** The port that is listened on. */
  readonly port: number;
  /** The nodes connected now. */
  connected(): ReadonlyMap<NodeName, ConnectedNode>;
  /** Sets the interval of all senders, now and from now on. */
  setSleeptime(seconds: number): void;
  /** Sets how many nodes may be connected. */
  setNumberOfNodes(limit: number): void;
  /** Asks a connected node what it holds from a segment on, up to a position. @throws when it does not answer in time */
  askDigest(node: NodeName, upTo: Position, timeoutMs: number, from?: number): Promise<DigestResult>;
  /** Asks a connected node for a sealed segment, whose compressed file is written to `path`. @throws when it is not connected */
  fetchSegment(node: NodeName, segment: number, path: string): Promise<FetchOutcome>;
  /** Tells a node something; does nothing when it is not connected. */
  control(node: NodeName, message: Control): void;
  /** Ends a node's connection and tells the node why; does nothing when there is none. */
  refuse(node: NodeName, refusal: Refusal): void;
  /** Shows another certificate, to the connections to come. */
  setTls(next: WorkerTls): void;
  /** Whether a worker thread hangs that cannot be ended: only the end of the process helps. */
  isStuck(): boolean;
  /** Ends one worker thread at once, as a crash would; it is started again. */
  killWorker(index: number): Promise<void>;
}

/** How long a stop may take, ms. */
const STOP_MS = 5000;

/**
 * Starts the workers; resolves when all of them listen.
 *
 * @throws UserError `PORT_UNAVAILABLE`
 */
export async function startIngest(options: IngestOptions): Promise<Ingest> {
  const { events, log, host } = options;
  const arbiter = new Arbiter(options.numberOfNodes);
  const lobby = new Lobby({
    gate: options.gate,
    arbiter,
    bytesPerDay: options.limits.bytesPerDay,
    post: (session, message) => ownerOf(session)?.post(message),
    onLimitReached: events.limitReached,
    onVolume: events.volume,
  });
  const connected = new Map<NodeName, ConnectedNode>();
  const nodes = new Map<SessionId, NodeName>();
  const digests = new DigestRequests();
  const fetches = new FetchRequests();
  const workers: WorkerHandle[] = [];
  let { sleeptimeSeconds, tls } = options;

  function sessionOf(node: NodeName): SessionId {
    const session = connected.get(node)?.session;
    if (session !== undefined) return session;
    throw new UserError('NODE_UNKNOWN', `node ${node} is not connected`);
  }

  function ownerOf(session: SessionId): WorkerHandle | undefined {
    return workers.find((worker) => session.startsWith(`${worker.threadId}.`));
  }

  function released(session: SessionId, end: EndKind, reason: string, silentMs = 0): void {
    const node = nodes.get(session);
    if (node !== undefined) {
      nodes.delete(session);
      connected.delete(node);
      events.disconnected(node, end, reason, silentMs);
    }
    lobby.left(session);
    fetches.left(session);
  }

  function take(message: FromWorker): void {
    switch (message.kind) {
      case 'claim':
        lobby.claimed(message.session, message.facts, message.auth);
        return;
      case 'join':
        lobby.joining(message.session, message.claim);
        return;
      case 'connected':
        isConnected(message.session, message.at);
        return;
      case 'released':
        countBytes(message.session, message.bytes);
        released(message.session, message.end, message.reason, message.silentMs);
        return;
      case 'probed':
        lobby.probed(message.session, message.isAlive);
        return;
      case 'progress':
        reportProgress(message.moved);
        return;
      case 'confirmed':
        withNode(message.session, (node) => events.confirmed(node, message.sha256));
        return;
      case 'live':
        withNode(message.session, (node) => events.live(node, message.line));
        return;
      case 'problem':
        withNode(message.session, (node) => events.problem(node, message.problem));
        return;
      case 'seal_failed':
        events.sealFailed(message.node, message.segment, message.message);
        return;
      case 'digest':
        digests.answered(message.request, message.result);
        return;
      case 'fetched':
        fetches.ended(message.request, message.outcome);
        return;
      case 'listening':
      case 'failed':
        return;
      default:
        message satisfies never;
    }
  }

  function isConnected(session: SessionId, position: Position): void {
    const facts = lobby.entered(session);
    if (facts === undefined) return;
    nodes.set(session, facts.node);
    connected.set(facts.node, { facts, session, position });
    events.connected(facts, position);
  }

  function withNode(session: SessionId, tell: (node: NodeName) => void): void {
    const node = nodes.get(session) ?? lobby.facts(session)?.node;
    if (node !== undefined) tell(node);
  }

  function countBytes(session: SessionId, bytes: number): void {
    const node = nodes.get(session);
    if (node !== undefined && bytes > 0) lobby.count(node, bytes);
  }

  function reportProgress(moved: readonly Moved[]): void {
    const known: { node: NodeName; position: Position }[] = [];
    for (const [session, position, bytes] of moved) {
      countBytes(session, bytes);
      const node = nodes.get(session);
      const present = node === undefined ? undefined : connected.get(node);
      if (node === undefined || present === undefined) continue;
      connected.set(node, { ...present, position });
      known.push({ node, position });
    }
    if (known.length > 0) events.progress(known);
  }

  function workerDied(threadId: number, error: unknown): void {
    log.error({ err: error, threadId }, 'an ingest worker died; it is started again');
    const lost = [...nodes.keys(), ...lobby.sessions()].filter((session) =>
      session.startsWith(`${threadId}.`),
    );
    for (const session of lost)
      released(session, 'error', 'the receiver lost the connection when a worker thread died');
  }

  await using failed = new AsyncDisposableStack();
  const isShared = options.workers > 1 && isPortSharable();
  await makeDirectory(options.logsRoot);
  await assertPortFree(host, options.port);
  let port = options.port;
  const count = isShared ? options.workers : 1;
  const sharing = { isPortShared: isShared, workers: count };
  for (let index = 0; index < count; index++) {
    const handle = await startWorker({
      settings: () => ({ ...settingsOf(options), ...sharing, tls, port, sleeptimeSeconds }),
      heapMb: options.workerHeapMb,
      onMessage: take,
      onDied: workerDied,
      onHung: events.hung,
      stopMs: STOP_MS,
      clock: options.clock,
    });
    failed.use(handle);
    workers.push(handle);
    port = handle.port;
  }
  const running = failed.move();

  return {
    port,
    connected: () => connected,
    setSleeptime(seconds) {
      sleeptimeSeconds = seconds;
      for (const worker of workers) worker.post({ kind: 'interval', sleeptimeSeconds });
    },
    setNumberOfNodes: (limit) => arbiter.setLimit(limit),
    async askDigest(node, upTo, timeoutMs, from) {
      const session = sessionOf(node);
      return await digests.ask(node, timeoutMs, (request) =>
        ownerOf(session)?.post({ kind: 'digest', session, request, upTo, from }),
      );
    },
    async fetchSegment(node, segment, path) {
      const session = sessionOf(node);
      return await fetches.ask(session, (request) =>
        ownerOf(session)?.post({ kind: 'fetch', session, order: { request, segment, path } }),
      );
    },
    setTls(next) {
      tls = next;
      for (const worker of workers) worker.post({ kind: 'tls', tls: next });
    },
    control(node, message) {
      const session = connected.get(node)?.session;
      if (session !== undefined) ownerOf(session)?.post({ kind: 'control', session, message });
    },
    refuse(node, refusal) {
      const session = connected.get(node)?.session;
      if (session !== undefined) ownerOf(session)?.post({ kind: 'refused', session, refusal });
    },
    isStuck: () => workers.some((worker) => worker.isStuck),
    async killWorker(index) {
      await workers[index]?.kill();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
      await running.disposeAsync();
    },
  };
}

/** The settings that go to a worker; functions cannot. */
function settingsOf(
  options: IngestOptions,
): Omit<WorkerSettings, 'isPortShared' | 'port' | 'sleeptimeSeconds' | 'workers'> {
  const { logsRoot, receiverId, version, bootId, host, tls, limits } = options;
  const { commitMs, acknowledgeMs, helloTimeoutMs, silenceMs } = options;
  const times = { commitMs, acknowledgeMs, helloTimeoutMs, silenceMs };
  return { logsRoot, receiverId, version, bootId, host, tls, limits, ...times };
}
