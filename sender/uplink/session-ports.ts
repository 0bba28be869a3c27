import type { LogWriter } from '../../shared/log/log-writer.ts';
import type { Position } from '../../shared/log/position.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Refused } from '../../shared/protocol/messages.ts';
import type { SegmentLoss } from './give-up.ts';
import type { NodeSecret } from './proving.ts';
import type { PatiencePorts } from './read-patiently.ts';

/** What a copy of a machine joins with. */
export interface TwinPermit {
  /** The id of the join code. */
  readonly id: string;
  readonly secret: Uint8Array;
  /** SHA-256 of the receiver's certificate, hex; undefined without TLS. */
  readonly certificate: string | undefined;
}

/** How a session ended. */
export type SessionEnd =
  /** The connection is gone, or had to be given up. */
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'refused'; readonly refusal: Refused }
  /**
   * Connect again at once: the log has changed in a way that HELLO has to say. `oldest` is what that says of the oldest segment, for a
   * receiver of an earlier version that could not be told otherwise that it has to go on there.
   */
  | { readonly kind: 'again'; readonly reason: string; readonly oldest?: number | undefined }
  /** The receiver takes no more of this log: it knows more of it than there is, or it is another machine's. */
  | { readonly kind: 'new_log'; readonly reason: string }
  /** This machine is a copy of another one; the code lets it become a node of its own. */
  | { readonly kind: 'twin'; readonly reason: string; readonly permit: TwinPermit }
  /** It was asked to stop. */
  | { readonly kind: 'stopped' };

/** What a session needs and tells. */
export interface SessionPorts extends PatiencePorts {
  readonly writer: LogWriter;
  readonly secret: NodeSecret;
  /** What HELLO says of the log and its machine, as they are then. */
  readonly hello: () => Promise<object>;
  readonly onInterval: (sleeptimeSeconds: number) => void;
  /** These are the receiver's certificates from now on, SHA-256 in hex. Resolves when that is kept. */
  readonly onCertificates: (sha256: readonly string[]) => Promise<void>;
  /** The receiver says what this node is to be called. */
  readonly onRename: (node: NodeName) => void;
  /** The receiver has taken this sender; told once. */
  readonly onWelcome: () => void;
  readonly onAcknowledged: (position: Position) => void;
  /** A sealed segment turned out to be damaged, and is sent to nobody any more. */
  readonly onSegmentLost: (loss: SegmentLoss) => void;
}
