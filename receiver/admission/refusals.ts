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

/** The join code was made for a name that another machine has. */
export function heldNameRefusal(node: NodeName): Refusal {
  const message =
    `another machine is node ${node}; to put this one in its place, make a code on the receiver with ` +
    `fleetkeep-receiver join-code --node ${node} --replace`;
  return { code: 'join', message, retryAfterSeconds: SLOWLY_S };
}

/** The log belongs to another credential; the sender has to begin one of its own. @param signature proves this receiver */
export function logRefusal(node: NodeName, log: string, signature: Uint8Array): Refusal {
  return {
    code: 'log',
    message:
      `log ${log} is not the log of this node ${node}: another machine has written it; this sender has to begin a log of its own, or to ` +
      `join again with the code of fleetkeep-receiver join-code --node ${node} --replace`,
    retryAfterSeconds: SLOWLY_S,
    signature,
  };
}

/** An administrator has let another machine take this one's place. */
export function replacedRefusal(node: NodeName): Refusal {
  const message = `another machine has taken the place of this one as node ${node}`;
  return { code: 'auth', message, retryAfterSeconds: SLOWLY_S };
}

/**
 * The machine is a copy of another one, with its credential.
 *
 * @param answer with a join code when the sender becomes a node of its own by itself
 */
export function twinRefusal(node: NodeName, answer: Pick<Refusal, 'signature' | 'joinCode'>): Refusal {
  const message =
    `another machine is node ${node} with the same credential, and was first: the data directory here is a copy of that one's. ` +
    (answer.joinCode === undefined
      ? 'Move the data directory away and join again with a code of fleetkeep-receiver join-code'
      : 'This machine joins as a node of its own');
  return { code: 'twin', message, retryAfterSeconds: SLOWLY_S, ...answer };
}
