/**
 * The uplink: carries the node's log to a receiver, for as long as the sender runs. It knows the log and the wire, nothing of
 * sampling; sampling goes on whatever happens here.
 *
 * 1. One connection at a time. After a failure the next receiver of the list is tried, after a wait with full jitter that
 *    grows up to a minute, but not beyond five seconds in the first minute: after a restart of the receiver everybody is soon back.
 * 2. Only what the log holds is sent, from where the receiver says it ends; nothing is skipped or sent twice into its file.
 * 3. A failure is logged when it begins and when it changes; its end, too. Not each try.
 * 4. Stopping takes a bounded time and leaves no timer, listener or socket behind.
 */

import { describeError } from '../../shared/errors/errors.ts';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import { LIVE_BACKLOG_BYTES, PROTOCOL_VERSION } from '../../shared/protocol/protocol.ts';
import { backoffMs } from '../../shared/time/backoff.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { connectTo, type ReceiverAddress } from './connect.ts';
import { Session } from './session.ts';
import type { SessionEnd } from './session-ports.ts';

/** What the sender says of itself in HELLO. */
export interface SenderFacts {
  readonly hostName: string;
  readonly bootId: string;
  readonly version: string;
  /** The interval now, seconds. */
  readonly sleeptimeSeconds: () => number;
}

/** Options of {@link startUplink}. */
export interface UplinkOptions {
  /** Tried in turn. */
  readonly receivers: readonly ReceiverAddress[];
  readonly writer: LogWriter;
  readonly facts: SenderFacts;
  readonly clock: Clock;
  readonly log: Logger;
  /** The receiver sets the interval, seconds. */
  readonly onInterval: (sleeptimeSeconds: number) => void;
  /** The log here is an old copy of itself; the program has to begin a new one. The uplink has ended by then. */
  readonly onNewLogNeeded: () => void;
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
  state(): UplinkState & { readonly acknowledged: Position | undefined };
  /** Everything before this segment is acknowledged; 0 before the first connection. */
  acknowledgedSegment(): number;
  /** A new sample was appended: it also goes ahead of the backlog, when there is one. */
  newSample(line: string): void;
  /** Tells the receiver that samples could not be kept here. */
  tellLost(samples: number, sinceMs: number, reason: string): void;
}

const CONNECT_MS = 10_000;
const BACKOFF = { firstMs: 500, maxMs: 60_000 };
/** Upper bound of the waits in the first minute of an outage, ms. */
const EARLY_MAX_MS = 5000;
const EARLY_MS = 60_000;
/** How a wait that the receiver asked for is spread, as a share of it. */
const REFUSED_SPREAD = 0.2;

/** Starts the uplink; it goes on in the background. */
export function startUplink(options: UplinkOptions): Uplink {
  const { writer, clock, log, receivers } = options;
  const random = options.random ?? Math.random;
  const stop = new AbortController();
  let state: UplinkState = { kind: 'stopped', sinceMs: clock.now() };
  let session: Session | undefined;
  let acknowledged: Position | undefined;
  let failingSince: number | undefined;
  let lastReason: string | undefined;
  let tries = 0;

  function worked(receiver: string): void {
    if (lastReason !== undefined) log.info({ receiver }, 'connected again');
    else log.info({ receiver }, 'connected');
    state = { kind: 'connected', receiver, sinceMs: clock.now() };
    failingSince = undefined;
    lastReason = undefined;
    tries = 0;
  }

  async function connectOnce(address: ReceiverAddress): Promise<SessionEnd> {
    const receiver = nameOf(address);
    state = { kind: 'connecting', receiver, sinceMs: clock.now() };
    try {
      const socket = await connectTo(address, CONNECT_MS, stop.signal);
      session = new Session(socket, {
        writer,
        hello: () => helloOf(options),
        onInterval: options.onInterval,
        onWelcome: () => worked(receiver),
        onAcknowledged: (position) => {
          acknowledged = position;
        },
        monotonic: () => clock.monotonic(),
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
  async function pause(
    receiver: string,
    kind: 'waiting' | 'refused',
    reason: string,
    waitMs: number,
  ): Promise<void> {
    if (reason !== lastReason)
      log.warn({ receiver, reason }, kind === 'refused' ? 'the receiver refuses' : 'no receiver');
    lastReason = reason;
    state = { kind, receiver, sinceMs: failingSince ?? clock.now(), reason };
    await clock.sleep(waitMs, stop.signal).catch(() => undefined);
  }

  function nextWaitMs(): number {
    failingSince ??= clock.now();
    const isEarly = clock.now() - failingSince < EARLY_MS;
    const maxMs = isEarly ? EARLY_MAX_MS : BACKOFF.maxMs;
    return backoffMs(tries++, { firstMs: BACKOFF.firstMs, maxMs }, random);
  }

  async function loop(): Promise<void> {
    for (let index = 0; !stop.signal.aborted; index = (index + 1) % receivers.length) {
      const address = receivers[index];
      if (address === undefined) return;
      const end = await connectOnce(address);
      if (stop.signal.aborted || end.kind === 'stopped') return;
      if (end.kind === 'again') index -= 1;
      if (end.kind === 'new_log') {
        options.onNewLogNeeded();
        return;
      }
      if (end.kind === 'lost') await pause(nameOf(address), 'waiting', end.reason, nextWaitMs());
      if (end.kind === 'refused') {
        const { message, retry_after_s: seconds } = end.refusal;
        const waitMs = seconds * 1000 * (1 + (random() - 0.5) * 2 * REFUSED_SPREAD);
        failingSince ??= clock.now();
        await pause(nameOf(address), 'refused', message, waitMs);
      }
    }
  }

  const running = loop().finally(() => {
    state = { kind: 'stopped', sinceMs: clock.now() };
  });

  return {
    state: () => ({ ...state, acknowledged }),
    acknowledgedSegment: () => acknowledged?.segment ?? 0,
    newSample(line) {
      if (session !== undefined && isBehind(writer.end, acknowledged)) session.sendLive(line);
    },
    tellLost(samples, sinceMs, reason) {
      session?.sendControl({
        kind: 'lost',
        samples,
        since: new Date(sinceMs).toISOString(),
        reason: reason.slice(0, 100),
      });
    },
    async [Symbol.asyncDispose]() {
      session?.stop();
      stop.abort(new Error('the sender stops'));
      await running;
    },
  };
}

/** Whether so much is still to be acknowledged that the newest sample should not wait its turn. */
function isBehind(end: Position, acknowledged: Position | undefined): boolean {
  if (acknowledged === undefined) return false;
  if (acknowledged.segment !== end.segment) return comparePositions(end, acknowledged) > 0;
  return end.offset - acknowledged.offset > LIVE_BACKLOG_BYTES;
}

async function helloOf({ writer, facts }: UplinkOptions): Promise<object> {
  return {
    protocol: PROTOCOL_VERSION,
    node: writer.paths.node,
    log: writer.id,
    host_name: facts.hostName,
    boot_id: facts.bootId,
    version: facts.version,
    sleeptime: facts.sleeptimeSeconds(),
    oldest: writer.oldest,
    open: await writer.unsealed(),
  };
}

function nameOf({ host, port }: ReceiverAddress): string {
  return `${host}:${port}`;
}
