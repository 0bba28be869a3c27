import { describeError, errnoOf } from '../../shared/errors/errors.ts';
import { PROTOCOL_VERSION } from '../../shared/protocol/protocol.ts';
import { secondsToMidnight } from './daily-volume.ts';
import type { IngestProblem, Refusal } from './messages.ts';

// How long a sender waits before it tries again: seconds where the next try may well go right, an hour where a person has to act.

/** The peer did not keep to the protocol. */
export function protocolRefusal(reason: string): Refusal {
  return { code: 'protocol', message: reason, retryAfterSeconds: 30 };
}

/** The peer speaks another version of the protocol. */
export function versionRefusal(version: number): Refusal {
  const message = `the sender speaks protocol ${version}, this receiver speaks ${PROTOCOL_VERSION}`;
  return { code: 'version', message, retryAfterSeconds: 3600 };
}

/** What came does not follow what is here. */
export function positionRefusal(segment: number, offset: number): Refusal {
  const message = `bytes for segment ${segment}, offset ${offset} do not continue what the receiver has`;
  return { code: 'position', message, retryAfterSeconds: 1 };
}

/** No program of ours writes such a line. */
export function lineRefusal(maxBytes: number): Refusal {
  const message = `a line of the log is longer than the ${maxBytes} bytes that receiver.limits.line_bytes allows`;
  return { code: 'line', message, retryAfterSeconds: 600 };
}

/** The node has sent what it may send in a day. */
export function quotaRefusal(limitBytes: number, nowMs: number): Refusal {
  const message =
    `the node has sent as much today as receiver.limits.bytes_per_day allows (${limitBytes} bytes); ` +
    'it goes on after midnight UTC. Nothing is lost: the node keeps its own log.';
  return { code: 'quota', message, retryAfterSeconds: Math.min(3600, secondsToMidnight(nowMs)) };
}

/** Bytes could not be written or read here. */
export function storageRefusal(error: unknown): Refusal {
  return {
    code: 'storage',
    message: `the receiver cannot store: ${describeError(error)}`,
    retryAfterSeconds: 10,
  };
}

/** The same, for the administrator. */
export function storageProblem(error: unknown): IngestProblem {
  return { kind: 'storage', code: errnoOf(error) ?? 'UNKNOWN', message: describeError(error) };
}
