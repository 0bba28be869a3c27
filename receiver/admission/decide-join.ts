import type { NodeName } from '../../shared/names/node-name.ts';
import type { Join } from '../../shared/protocol/messages.ts';
import type { Refusal } from '../ingest/messages.ts';
import { chooseName } from './choose-name.ts';
import type { Credential } from './credential-store.ts';
import type { StoredJoinCode } from './join-code-store.ts';
import { codeRefusal, heldNameRefusal } from './refusals.ts';

/** What {@link decideJoin} looks at. */
export interface JoinSituation {
  /** The code that was proven. */
  readonly code: StoredJoinCode;
  readonly join: Pick<Join, 'installation' | 'node'>;
  /** The credential that the machine proved next to the code; undefined when it proved none. */
  readonly own: Credential | undefined;
  readonly byNode: ReadonlyMap<NodeName, Credential>;
  /** How long the code is good for yet, ms; 0 when it has expired. */
  readonly leftMs: number;
}

/** Whether a machine becomes a node, and which. */
export type JoinDecision =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'granted';
      readonly node: NodeName;
      /** The credential whose place, with its logs, the new one takes. */
      readonly before: Credential | undefined;
      /** The machine asks again because it did not hear the answer: that is no second use of the code. */
      readonly isRepeated: boolean;
    };

/**
 * Decides what a machine with a good proof of a join code becomes.
 *
 * A name that is held goes to another machine by an administrator's word only: a code made with `--replace`, `revoke` or `forget`.
 */
export function decideJoin({ code, join, own, byNode, leftMs }: JoinSituation): JoinDecision {
  const earlier = [...byNode.values()].find(
    ({ installation, code: from, usedMs }) =>
      installation === join.installation && from === code.id && usedMs === undefined,
  );
  const isRepeated = earlier !== undefined;
  if (leftMs <= 0) return { kind: 'refused', refusal: codeRefusal('it has expired') };
  if (!isRepeated && code.used >= code.uses) {
    const reason = `it was for ${code.uses} and has been used ${code.used} times`;
    return { kind: 'refused', refusal: codeRefusal(reason) };
  }
  const mine = earlier ?? own;
  // A name that a node is about to take is as good as taken.
  const awaited = new Set(
    [...byNode.values()].flatMap(({ id, nextName }) => (id === mine?.id ? [] : [nextName])),
  );
  const isHeld = (name: NodeName): boolean => isLive(byNode.get(name)) || awaited.has(name);
  if (code.node === undefined) {
    const node = mine?.node ?? chooseName(join.node, (name) => !isHeld(name));
    return { kind: 'granted', node, before: mine, isRepeated };
  }
  const holder = byNode.get(code.node);
  const isMine = holder !== undefined && holder.id === mine?.id;
  if (isHeld(code.node) && !isMine && !code.isReplacing)
    return { kind: 'refused', refusal: heldNameRefusal(code.node) };
  const before = isMine || code.isReplacing ? holder : undefined;
  return { kind: 'granted', node: code.node, before, isRepeated };
}

function isLive(credential: Credential | undefined): boolean {
  return credential !== undefined && credential.revoked === undefined;
}
