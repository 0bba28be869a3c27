/**
 * The uplink: carries the node's log to a receiver, for as long as the sender runs. It knows the log and the wire, nothing of
 * sampling; sampling goes on whatever happens here.
 *
 * 1. One connection at a time. After a failure the next receiver of the list is tried, after a wait with full jitter that
 *    is at most five seconds or, when that is more, a quarter of the outage, up to a minute: after a restart of the receiver everybody is soon
 *    back, and yet not at once. A connection that lasted a quarter of a minute makes the waits begin again; one that did not ends
 *    the outage, a few times in a row.
 * 2. Only what the log holds is sent, from where the receiver says it ends; nothing is skipped or sent twice into its file.
 * 3. A failure is logged when it begins and when it changes; its end, too. Not each try, nor each time that a receiver which
 *    comes and goes does so.
 * 4. Stopping takes a bounded time and leaves no timer, listener or socket behind.
 */

import { describeError } from '../../shared/errors/errors.ts';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Control } from '../../shared/protocol/messages.ts';
import { LIVE_BACKLOG_BYTES } from '../../shared/protocol/protocol.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { Wake } from '../../shared/time/wake.ts';
import { connectTo, type ReceiverAddress } from './connect.ts';
import { ConnectionLog } from './connection-log.ts';
import { type Doubt, Doubts } from './doubts.ts';
import type { SegmentLoss } from './give-up.ts';
import { helloOf, type SenderFacts } from './hello.ts';
import type { NodeSecret } from './proving.ts';
import { Reconnect, type RetriedEnd } from './reconnect.ts';
import { Session } from './session.ts';
import type { SessionEnd, TwinPermit } from './session-ports.ts';

/** Options of {@link startUplink}. */
export interface UplinkOptions {
  /** Tried in turn. */
  readonly receivers: readonly ReceiverAddress[];
  /** SHA-256 of the receiver's certificates, hex; undefined for plain TCP. */
  readonly certificates: () => readonly string[] | undefined;
  readonly secret: NodeSecret;
  readonly writer: LogWriter;
  readonly facts: SenderFacts;
  readonly clock: Clock;
  readonly log: Logger;
  /** The receiver sets the interval, seconds. */
  readonly onInterval: (sleeptimeSeconds: number) => void;
  /** These are the receiver's certificates from now on, SHA-256 in hex. */
  readonly onCertificates: (sha256: readonly string[]) => Promise<void>;
  /** The receiver says what this node is to be called from now on. */
  readonly onRename: (node: NodeName) => void;
  /** Whether the program would begin a new log now; always, where nothing is said. */
  readonly mayBeginNewLog?: (() => boolean) | undefined;
  /** The receiver takes no more of this log; the program has to begin a new one. The uplink has ended by then. */
  readonly onNewLogNeeded: (reason: string) => void;
  /** This machine is a copy of another one and becomes a node of its own. The uplink has ended by then. */
  readonly onTwin?: ((permit: TwinPermit, reason: string) => void) | undefined;
  /** A sealed segment turned out to be damaged, and is sent to nobody any more. */
  readonly onSegmentLost: (loss: SegmentLoss) => void;
  readonly random?: (() => number) | undefined;
}

/** How the uplink does; shown by `status`. */
export type UplinkState =
  | { readonly kind: 'connecting' | 'connected'; readonly receiver: string; readonly sinceMs: number }
  /** Waiting before the next try; `reason` says why the last ended. */
  | {
      readonly kind: 'waiting' | 'refused';
      readonly receiver: string;
      readonly sinceMs: number;
      readonly reason: string;
    }
  | { readonly kind: 'stopped'; readonly sinceMs: number };

/** A running uplink. Disposing sends what is there, within two seconds, and says goodbye. */
export interface Uplink extends AsyncDisposable {
  state(): UplinkState & {
    readonly acknowledged: Position | undefined;
    /** A segment that cannot be read now, and holds up what comes after it. */
    readonly doubt: Doubt | undefined;
  };
  /** Everything before this segment is acknowledged; 0 before the first connection. */
  acknowledgedSegment(): number;
  /** A new sample was appended: it also goes ahead of the backlog, when there is one. */
  newSample(line: string): void;
  /** Waits until the receiver has all that is in the log now: whether it has before time is up. One caller at a time. */
  caughtUp(timeoutMs: number): Promise<boolean>;
  /** Tells the receiver that samples could not be kept here; as soon as there is one. */
  tellLost(samples: number, sinceMs: number, reason: string): void;
  /** Tells the receiver something; as soon as there is one. */
  tell(message: Control): void;
}

const CONNECT_MS = 10_000;
/** Messages that wait for a receiver at most; the log says the same. */
const MAX_UNTOLD = 100;

/** Starts the uplink; it goes on in the background. */
export function startUplink(options: UplinkOptions): Uplink {
  const { writer, clock, receivers } = options;
  const connections = new ConnectionLog(options.log);
  const reconnect = new Reconnect(options.random ?? Math.random);
  const stop = new AbortController();
  const progress = new Wake();
  let state: UplinkState = { kind: 'stopped', sinceMs: clock.now() };
  let session: Session | undefined;
  let acknowledged: Position | undefined;
  const doubts = new Doubts();
  let failingSinceMs: number | undefined;
  /** What the next HELLO says of the oldest segment, where that is not the oldest that is here. */
  let oldest: number | undefined;
  const messages: Control[] = [];
  let untold: { readonly samples: number; readonly sinceMs: number; readonly reason: string } | undefined;

  function welcomed(receiver: string): void {
    connections.connected(receiver);
    state = { kind: 'connected', receiver, sinceMs: clock.now() };
    failingSinceMs = undefined;
    reconnect.connected(clock.monotonic());
    tellUntold();
  }

  /** Tells the receiver what was lost while there was none to tell, if there is one now. */
  function tellUntold(): void {
    while (messages[0] !== undefined && session?.sendControl(messages[0]) === true) messages.shift();
    if (untold === undefined) return;
    const { samples, sinceMs, reason } = untold;
    const since = new Date(sinceMs).toISOString();
    const isTold = session?.sendControl({ kind: 'lost', samples, since, reason: reason.slice(0, 100) });
    if (isTold === true) untold = undefined;
  }

  async function connectOnce(address: ReceiverAddress): Promise<SessionEnd> {
    const receiver = nameOf(address);
    state = { kind: 'connecting', receiver, sinceMs: clock.now() };
    const from = oldest;
    // It was asked for by the connection before, and holds for no other receiver.
    oldest = undefined;
    try {
      const how = { certificates: options.certificates(), timeoutMs: CONNECT_MS };
      session = new Session(await connectTo(address, how, stop.signal), {
        writer,
        secret: options.secret,
        hello: () => helloOf(writer, options.facts, from),
        doubts,
        onSegmentLost: options.onSegmentLost,
        onInterval: options.onInterval,
        onRename: options.onRename,
        onCertificates: options.onCertificates,
        onWelcome: () => welcomed(receiver),
        onAcknowledged: (position) => {
          acknowledged = position;
          doubts.forgetBefore(position.segment);
          progress.wake();
        },
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        sleep: (ms, signal) => clock.sleep(ms, signal),
      });
      if (stop.signal.aborted) session.stop();
      return await session.run();
    } catch (error) {
      return { kind: 'lost', reason: describeError(error) };
    } finally {
      session = undefined;
    }
  }

  /** Waits before the next try, as long as the end of the last one calls for. */
  async function pause(receiver: string, end: RetriedEnd): Promise<void> {
    const nowMs = clock.monotonic();
    if (reconnect.ended(nowMs)) connections.lasted();
    const waitMs = reconnect.waitMs(end, nowMs);
    if (end.kind === 'again' && waitMs === 0) return;
    failingSinceMs ??= clock.now();
    const kind = end.kind === 'refused' ? 'refused' : 'waiting';
    const failure = { kind, receiver, reason: reasonOf(end) } as const;
    connections.failed(failure, nowMs);
    state = { ...failure, sinceMs: failingSinceMs };
    await clock.sleep(waitMs, stop.signal).catch(() => undefined);
  }

  async function loop(): Promise<void> {
    for (let index = 0; !stop.signal.aborted; index = (index + 1) % receivers.length) {
      const address = receivers[index];
      if (address === undefined) return;
      const end = await connectOnce(address);
      if (stop.signal.aborted || end.kind === 'stopped') return;
      if (end.kind === 'new_log' && options.mayBeginNewLog?.() !== false) {
        options.onNewLogNeeded(end.reason);
        return;
      }
      if (end.kind === 'twin' && options.onTwin !== undefined) {
        options.onTwin(end.permit, end.reason);
        return;
      }
      if (end.kind === 'again') {
        index -= 1;
        oldest = end.oldest;
      }
      const isGivenUp = end.kind === 'new_log' || end.kind === 'twin';
      await pause(nameOf(address), isGivenUp ? { kind: 'lost', reason: end.reason } : end);
    }
  }

  const running = loop().finally(() => {
    state = { kind: 'stopped', sinceMs: clock.now() };
  });

  return {
    state: () => ({ ...state, acknowledged, doubt: doubts.current }),
    acknowledgedSegment: () => acknowledged?.segment ?? 0,
    newSample(line) {
      if (session !== undefined && isBehind(writer.end, acknowledged)) session.sendLive(line);
    },
    async caughtUp(timeoutMs) {
      const end = writer.end;
      session?.askToAcknowledge();
      let isOver = false;
      const timer = setTimeout(() => {
        isOver = true;
        progress.wake();
      }, timeoutMs);
      const isThere = () => acknowledged !== undefined && comparePositions(acknowledged, end) >= 0;
      while (!isOver && !isThere()) await progress.sleep();
      clearTimeout(timer);
      return isThere();
    },
    tellLost(samples, sinceMs, reason) {
      untold = {
        samples: (untold?.samples ?? 0) + samples,
        sinceMs: untold?.sinceMs ?? sinceMs,
        reason,
      };
      tellUntold();
    },
    tell(message) {
      if (messages.length < MAX_UNTOLD) messages.push(message);
      tellUntold();
    },
    async [Symbol.asyncDispose]() {
      session?.stop();
      stop.abort(new Error('the sender stops'));
      await running;
    },
  };
}

function reasonOf(end: RetriedEnd): string {
  switch (end.kind) {
    case 'lost':
      return end.reason;
    case 'refused':
      return end.refusal.message;
    case 'again':
      return end.reason;
    default:
      return end satisfies never;
  }
}

/** Whether so much is still to be acknowledged that the newest sample should not wait its turn. */
function isBehind(end: Position, acknowledged: Position | undefined): boolean {
  if (acknowledged === undefined) return false;
  if (acknowledged.segment !== end.segment) return comparePositions(end, acknowledged) > 0;
  return end.offset - acknowledged.offset > LIVE_BACKLOG_BYTES;
}

function nameOf({ host, port }: ReceiverAddress): string {
  return `${host}:${port}`;
}
