import type { Position } from '../../shared/log/position.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { HungOutcome } from '../pulse/watch-worker.ts';
import type { ClaimFacts, EndKind, IngestProblem } from './messages.ts';

/** What ingest tells the rest of the receiver. */
export interface IngestEvents {
  readonly connected: (facts: ClaimFacts, at: Position) => void;
  readonly disconnected: (node: NodeName, end: EndKind, reason: string, silentMs: number) => void;
  /** Acknowledged positions have moved; at most every two seconds. */
  readonly progress: (moved: readonly { readonly node: NodeName; readonly position: Position }[]) => void;
  /** The newest sample of a node that is replaying a backlog. */
  readonly live: (node: NodeName, line: string) => void;
  /** A node has kept the hashes of these certificates. */
  readonly confirmed: (node: NodeName, sha256: readonly string[]) => void;
  readonly problem: (node: NodeName, problem: IngestProblem) => void;
  /** A segment could not be sealed; it stays plain and is tried again. */
  readonly sealFailed: (node: NodeName, segment: number, message: string) => void;
  /** A sender was refused because `number_of_nodes` are connected. */
  readonly limitReached: (facts: ClaimFacts) => void;
  /** A node has sent most of what it may in a day, or all of it. Told again and again while it sends. */
  readonly volume: (node: NodeName, state: 'near' | 'over') => void;
  /** A worker thread hung. */
  readonly hung: (outcome: HungOutcome) => void;
}
