/**
 * Ingest: takes what the senders send and keeps it. Worker threads listen on one port (`reusePort`: the kernel spreads the
 * connections), each owns its sockets and the files of the nodes connected to them. This file is the main thread's side: it starts
 * the workers, decides who is connected, and turns their messages into events.
 *
 * 1. A node's files are open in one session at most: a worker opens them after the arbiter's grant and reports `released` after
 *    closing them.
 * 2. Nothing is acknowledged that `fdatasync` has not returned for.
 * 3. A worker that dies takes its connections with it and nothing else: its claims are released, it is started again, its
 *    senders connect again and resume.
 */

import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describeError, errnoOf, UserError } from '../../shared/errors/errors.ts';
import type { Position } from '../../shared/log/position.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { DigestResult } from '../../shared/protocol/messages.ts';
import { Arbiter, type ArbiterEffect } from './arbiter.ts';
import type {
  ClaimFacts,
  EndKind,
  FromWorker,
  IngestProblem,
  SessionId,
  WorkerSettings,
} from './messages.ts';
import { startWorker, type WorkerHandle } from './worker-handle.ts';

/** What ingest tells the rest of the receiver. */
export interface IngestEvents {
  readonly connected: (facts: ClaimFacts, at: Position) => void;
  readonly disconnected: (node: NodeName, end: EndKind, reason: string, silentMs: number) => void;
  /** Acknowledged positions have moved; at most every two seconds. */
  readonly progress: (moved: readonly { readonly node: NodeName; readonly position: Position }[]) => void;
  /** The newest sample of a node that is replaying a backlog. */
  readonly live: (node: NodeName, line: string) => void;
  readonly problem: (node: NodeName, problem: IngestProblem) => void;
  /** A segment could not be sealed; it stays plain and is tried again. */
  readonly sealFailed: (node: NodeName, segment: number, message: string) => void;
  /** A sender was refused because `number_of_nodes` are connected. */
  readonly limitReached: (facts: ClaimFacts) => void;
}

/** Options of {@link startIngest}. */
export interface IngestOptions extends Omit<WorkerSettings, 'isPortShared'> {
  /** How many nodes may be connected. */
  readonly numberOfNodes: number;
  /** How many worker threads, at least 1. */
  readonly workers: number;
  /** Heap that a worker may use, MiB. */
  readonly workerHeapMb: number;
  readonly events: IngestEvents;
  readonly log: Logger;
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
  /** Asks a connected node what it holds up to a position. @throws when it is not connected or does not answer in time. */
  askDigest(node: NodeName, upTo: Position, timeoutMs: number): Promise<DigestResult>;
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
  const waiting = new Map<SessionId, ClaimFacts>();
  const connected = new Map<NodeName, ConnectedNode>();
  const nodes = new Map<SessionId, NodeName>();
  const digests = new Map<number, (result: DigestResult) => void>();
  const workers: WorkerHandle[] = [];
  let sleeptimeSeconds = options.sleeptimeSeconds;
  let digestCount = 0;

  function perform(effects: readonly ArbiterEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'limit_reached') {
        events.limitReached(effect.facts);
        continue;
      }
      const kind = effect.kind === 'grant' ? 'granted' : effect.kind === 'refuse' ? 'refused' : 'displace';
      ownerOf(effect.session)?.post({ ...effect, kind } as Parameters<WorkerHandle['post']>[0]);
    }
  }

  function ownerOf(session: SessionId): WorkerHandle | undefined {
    return workers.find((worker) => session.startsWith(`${worker.threadId}.`));
  }

  function released(session: SessionId, end: EndKind, reason: string, silentMs = 0): void {
    waiting.delete(session);
    const node = nodes.get(session);
    if (node !== undefined) {
      nodes.delete(session);
      connected.delete(node);
      events.disconnected(node, end, reason, silentMs);
    }
    perform(arbiter.release(session));
  }

  function take(message: FromWorker): void {
    switch (message.kind) {
      case 'claim':
        waiting.set(message.session, message.facts);
        perform(arbiter.claim(message.session, message.facts));
        return;
      case 'connected': {
        const facts = waiting.get(message.session);
        waiting.delete(message.session);
        if (facts === undefined) return;
        nodes.set(message.session, facts.node);
        connected.set(facts.node, { facts, session: message.session, position: message.at });
        events.connected(facts, message.at);
        return;
      }
      case 'released':
        released(message.session, message.end, message.reason, message.silentMs);
        return;
      case 'progress':
        reportProgress(message.moved);
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
        digests.get(message.request)?.(message.result);
        return;
      case 'listening':
      case 'failed':
        return;
      default:
        message satisfies never;
    }
  }

  function withNode(session: SessionId, tell: (node: NodeName) => void): void {
    const node = nodes.get(session) ?? waiting.get(session)?.node;
    if (node !== undefined) tell(node);
  }

  function reportProgress(moved: readonly (readonly [SessionId, Position])[]): void {
    const known: { node: NodeName; position: Position }[] = [];
    for (const [session, position] of moved) {
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
    const lost = [...nodes.keys(), ...waiting.keys()].filter((session) => session.startsWith(`${threadId}.`));
    for (const session of lost)
      released(session, 'error', 'the receiver lost the connection when a worker thread died');
  }

  await using failed = new AsyncDisposableStack();
  const isShared = options.workers > 1 && isPortSharable();
  await mkdir(options.logsRoot, { recursive: true });
  await assertPortFree(host, options.port);
  let port = options.port;
  for (let index = 0; index < (isShared ? options.workers : 1); index++) {
    const handle = await startWorker({
      settings: () => ({ ...settingsOf(options), port, isPortShared: isShared, sleeptimeSeconds }),
      heapMb: options.workerHeapMb,
      onMessage: take,
      onDied: workerDied,
      stopMs: STOP_MS,
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
    async askDigest(node, upTo, timeoutMs) {
      const session = connected.get(node)?.session;
      if (session === undefined) throw new UserError('NODE_UNKNOWN', `node ${node} is not connected`);
      const request = ++digestCount;
      const { promise, resolve, reject } = Promise.withResolvers<DigestResult>();
      const timer = setTimeout(() => reject(new Error(`node ${node} did not say what it holds`)), timeoutMs);
      digests.set(request, resolve);
      ownerOf(session)?.post({ kind: 'digest', session, request, upTo });
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        digests.delete(request);
      }
    },
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
): Omit<WorkerSettings, 'isPortShared' | 'port' | 'sleeptimeSeconds'> {
  const { logsRoot, receiverId, version, bootId, host, commitMs, helloTimeoutMs, silenceMs } = options;
  return { logsRoot, receiverId, version, bootId, host, commitMs, helloTimeoutMs, silenceMs };
}

/** Where libuv can share a port between sockets. Elsewhere one worker listens alone. */
function isPortSharable(): boolean {
  return ['linux', 'freebsd', 'sunos', 'aix'].includes(process.platform);
}

/** A shared port hides that another program has it; so it is first tried without sharing. */
async function assertPortFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host, port }, resolve);
    });
  } catch (error) {
    throw portError(error, host, port);
  } finally {
    probe.close();
  }
}

function portError(error: unknown, host: string, port: number): UserError {
  const where = `${host}, port ${port}`;
  const hint = 'Set "port" (or "host", the address to listen on) in config.json, or --port.';
  switch (errnoOf(error)) {
    case 'EADDRINUSE':
      return new UserError('PORT_UNAVAILABLE', `another program already listens on ${where}`, { hint });
    case 'EACCES':
      return new UserError('PORT_UNAVAILABLE', `this user may not listen on ${where}`, { hint });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UserError('PORT_UNAVAILABLE', `this machine has no address ${host} to listen on`, { hint });
    default:
      return new UserError('PORT_UNAVAILABLE', `cannot listen on ${where}: ${describeError(error)}`, {
        hint,
      });
  }
}
