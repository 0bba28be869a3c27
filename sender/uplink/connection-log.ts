import type { Logger } from '../../shared/logging/logger.ts';

/** An outage this long is told even if each of its reasons has been told already, ms. */
const LONG_MS = 60_000;
/** Reasons that are remembered; some name a position, and there is no end of those. */
const MAX_REASONS = 100;

/** Why there is no connection. */
export interface ConnectionFailure {
  readonly kind: 'waiting' | 'refused';
  readonly receiver: string;
  readonly reason: string;
}

/**
 * Tells of connections and their failures in the program's log: when a failure begins, changes and ends. With several receivers, or
 * one that comes and goes, the same reasons come by turns; each is told once, until a connection has lasted.
 */
export class ConnectionLog {
  readonly #log: Logger;
  readonly #told = new Set<string>();
  /** What the log said last; undefined before its first word. */
  #says: 'connected' | 'failing' | undefined;
  #failingSinceMs: number | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** A receiver has said WELCOME. */
  connected(receiver: string): void {
    this.#failingSinceMs = undefined;
    if (this.#says === 'connected') return;
    this.#log.info({ receiver }, this.#says === undefined ? 'connected' : 'connected again');
    this.#says = 'connected';
  }

  /** A connection has lasted: the next failure is a new one. */
  lasted(): void {
    this.#told.clear();
  }

  /** There is no connection. @param nowMs of a clock that never jumps */
  failed({ kind, receiver, reason }: ConnectionFailure, nowMs: number): void {
    this.#failingSinceMs ??= nowMs;
    const key = `${receiver} ${reason}`;
    const isUnsaid = this.#says === 'connected' && nowMs - this.#failingSinceMs >= LONG_MS;
    if (this.#told.has(key) && !isUnsaid) return;
    if (this.#told.size >= MAX_REASONS) this.#told.clear();
    this.#told.add(key);
    this.#says = 'failing';
    this.#log.warn({ receiver, reason }, kind === 'refused' ? 'the receiver refuses' : 'no receiver');
  }
}
