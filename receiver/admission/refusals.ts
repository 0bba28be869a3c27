import type { NodeName } from '../../shared/names/node-name.ts';
import type { Refusal } from '../ingest/messages.ts';

// A person has to act in each of these cases, so the sender tries again slowly.
const SLOWLY_S = 600;

/** The credential or code is unknown, or the proof is wrong: which of them, nobody is told. */
export function unprovenRefusal(): Refusal {
  const message =
    'this receiver does not know the credential or join code of this node; make a new one there with fleetkeep-receiver join-code';
  return { code: 'auth', message, retryAfterSeconds: SLOWLY_S };
}

/** The node's credential was taken from it. */
export function revokedRefusal(node: NodeName, why: string): Refusal {
  const message = `node ${node} was revoked${why === '' ? '' : `: ${why}`}`;
  return { code: 'revoked', message, retryAfterSeconds: SLOWLY_S };
}

/** The credential is that of another node. */
export function nameRefusal(said: NodeName, known: NodeName): Refusal {
  const message = `this credential is that of node ${known}, not of ${said}`;
  return { code: 'name', message, retryAfterSeconds: SLOWLY_S };
}

/** The join code is not good any more. */
export function codeRefusal(reason: string): Refusal {
  return {
    code: 'join',
    message: `the join code is not good any more: ${reason}; make a new one with fleetkeep-receiver join-code`,
    retryAfterSeconds: SLOWLY_S,
  };
}
