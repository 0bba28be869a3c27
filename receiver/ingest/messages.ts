import type { FileChange } from '../../shared/log/file-change.ts';
import type { Position } from '../../shared/log/position.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Control, DigestResult, Join, Joined, RefusalCode } from '../../shared/protocol/messages.ts';
import type { Pulse } from '../pulse/pulse.ts';
import type { IngestLimits } from './limits.ts';
import type { SegmentFork } from './open-copy.ts';
import type { LogGap } from './pass-over-lost.ts';
import type { FetchOrder, FetchOutcome } from './segment-fetch.ts';

/** What an ingest worker is told when it is started. */
export interface WorkerSettings {
  readonly logsRoot: string;
  /** Id of this receiver, said in WELCOME. */
  readonly receiverId: string;
  readonly version: string;
  readonly bootId: string;
  readonly host: string;
  readonly port: number;
  /** Whether several workers share the port. */
  readonly isPortShared: boolean;
  readonly sleeptimeSeconds: number;
  /** How long received bytes may be gathered before they are synced and acknowledged, ms. */
  readonly commitMs: number;
  /** How long the acknowledgements of a node that sends little may be gathered, ms. */
  readonly acknowledgeMs: number;
  readonly helloTimeoutMs: number;
  readonly silenceMs: number;
  /** What the receiver shows of itself; undefined: plain TCP. */
  readonly tls: WorkerTls | undefined;
  /** How many workers there are, which share some of the limits. */
  readonly workers: number;
  readonly limits: IngestLimits;
}

/** What the thread is started with. */
export interface WorkerStart extends WorkerSettings {
  readonly pulse: Pulse;
}

/** Key and certificate of the receiver, as a worker is given them. */
export interface WorkerTls {
  /** PEM. */
  readonly key: string;
  /** PEM; the receiver's own first, then those that vouch for it. */
  readonly certificate: string;
  /** SHA-256 of the receiver's own certificate, hex. */
  readonly sha256: string;
}

/** Names a connection within the receiver: worker number and a counter. */
export type SessionId = `${number}.${number}`;

/** Who wants to connect. */
export interface ClaimFacts {
  readonly node: NodeName;
  /** Which credential it says it has. */
  readonly credential: string;
  readonly log: LogId;
  readonly hostName: string;
  readonly address: string;
  readonly bootId: string;
  /** The sender's process, a UUID; undefined for 0.1.0. */
  readonly instance?: string | undefined;
  readonly version: string;
  readonly sleeptimeSeconds: number;
  /** The first segment that it still had when it connected. */
  readonly oldest?: number | undefined;
  /** What it can do that the first version could not; `ABILITIES`. */
  readonly can?: readonly string[] | undefined;
}

/** What a sender proves itself with. */
export interface AuthProof {
  /** Of the exchange; `authMessageOf`. */
  readonly message: Uint8Array;
  readonly proof: Uint8Array;
}

/** A machine that wants to become a node. */
export interface JoinClaim extends AuthProof {
  readonly join: Join;
  /** Proof of the credential that JOIN names; undefined when the machine has none to prove. */
  readonly credentialProof: Uint8Array | undefined;
  readonly address: string;
}

/** Whether a sender may connect. */
export type AuthVerdict =
  /** It may; the signature proves the receiver to it. */
  { readonly kind: 'proven'; readonly signature: Uint8Array } | Rejection;

/** No, and how long the answer shall wait, so that trying again and again takes time, ms. */
export interface Rejection {
  readonly kind: 'refused';
  readonly refusal: Refusal;
  readonly afterMs: number;
}

/** Whether a machine becomes a node. */
export type JoinVerdict = { readonly kind: 'joined'; readonly joined: Joined } | Rejection;

/** How a connection ended. */
export type EndKind = 'closed' | 'reset' | 'timed_out' | 'goodbye' | 'replaced' | 'refused' | 'error';

/** Why a claim is not granted. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  readonly retryAfterSeconds: number;
  /** Proves this receiver, where the sender is to believe more than a message for a person. */
  readonly signature?: Uint8Array | undefined;
  /** The id of a join code by which the sender becomes a node of its own. */
  readonly joinCode?: string | undefined;
}

/** From the main thread to an ingest worker. */
export type ToWorker =
  | {
      readonly kind: 'granted';
      readonly session: SessionId;
      readonly signature: Uint8Array;
      readonly leftBytes: number;
    }
  | { readonly kind: 'joined'; readonly session: SessionId; readonly joined: Joined }
  | { readonly kind: 'refused'; readonly session: SessionId; readonly refusal: Refusal }
  /** Another connection of the same log has come; end this one and release it. */
  | { readonly kind: 'displace'; readonly session: SessionId; readonly refusal: Refusal }
  /** Something to say to a sender. */
  | { readonly kind: 'control'; readonly session: SessionId; readonly message: Control }
  | { readonly kind: 'interval'; readonly sleeptimeSeconds: number }
  /** Another certificate, for the connections to come. */
  | { readonly kind: 'tls'; readonly tls: WorkerTls }
  | {
      readonly kind: 'digest';
      readonly session: SessionId;
      readonly request: number;
      readonly upTo: Position;
      readonly from: number | undefined;
    }
  | { readonly kind: 'fetch'; readonly session: SessionId; readonly order: FetchOrder }
  /** Find out whether the sender is alive, and say so with `probed`. */
  | { readonly kind: 'probe'; readonly session: SessionId }
  | { readonly kind: 'stop' };

/** A session's acknowledged position, and the bytes that it has sent since the last report. */
export type Moved = readonly [session: SessionId, position: Position, bytes: number];

/** From an ingest worker to the main thread. */
export type FromWorker =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'join'; readonly session: SessionId; readonly claim: JoinClaim }
  | {
      readonly kind: 'claim';
      readonly session: SessionId;
      readonly facts: ClaimFacts;
      readonly auth: AuthProof;
    }
  /** The node's copy is open and WELCOME has been sent. */
  | { readonly kind: 'connected'; readonly session: SessionId; readonly at: Position }
  /** The connection has ended and its files are closed: another may have the claim. */
  | {
      readonly kind: 'released';
      readonly session: SessionId;
      readonly end: EndKind;
      readonly reason: string;
      /** Bytes that it has sent since the last report. */
      readonly bytes: number;
      /** For how long the sender had said nothing when the connection ended. */
      readonly silentMs: number;
    }
  /** Whether a sender answered when it was probed. */
  | { readonly kind: 'probed'; readonly session: SessionId; readonly isAlive: boolean }
  /** Acknowledged positions that have moved since the last message. */
  | { readonly kind: 'progress'; readonly moved: readonly Moved[] }
  /** The sender has kept the hashes of these certificates. */
  | { readonly kind: 'confirmed'; readonly session: SessionId; readonly sha256: readonly string[] }
  | { readonly kind: 'live'; readonly session: SessionId; readonly line: string }
  | { readonly kind: 'digest'; readonly request: number; readonly result: DigestResult }
  | { readonly kind: 'fetched'; readonly request: number; readonly outcome: FetchOutcome }
  /** Something that the administrator has to know. */
  | {
      readonly kind: 'seal_failed';
      readonly node: NodeName;
      readonly segment: number;
      readonly message: string;
    }
  | { readonly kind: 'problem'; readonly session: SessionId; readonly problem: IngestProblem };

/** What may go wrong with a node's copy while bytes come in. */
export type IngestProblem =
  /** The copy was not a prefix of the node's log; its file lies at `asidePath` now. */
  | { readonly kind: 'set_aside'; readonly segment: number; readonly asidePath: string }
  /** The node has less of a segment than was acknowledged, and other bytes. The copy here stays. */
  | ({ readonly kind: 'forked' } & SegmentFork)
  /** Something else changed the file of a segment here. It is put back; what could not be saved comes from the node again. */
  | ({ readonly kind: 'copy_changed' } & FileChange)
  | {
      /** `log.json` was deleted, and maybe the directory of sealed segments that it lies in. */
      readonly kind: 'directory_gone';
    }
  /** Something else changed the file of a segment at the node. */
  | Extract<Control, { readonly kind: 'file_changed' | 'lost_end' }>
  /** A part of the node's log is to be had from nobody. */
  | { readonly kind: 'gap'; readonly gap: LogGap }
  /** Bytes could not be written. */
  | { readonly kind: 'storage'; readonly code: string; readonly message: string }
  /** The node could not keep samples in its own copy. */
  | { readonly kind: 'lost'; readonly samples: number; readonly since: string; readonly reason: string };
