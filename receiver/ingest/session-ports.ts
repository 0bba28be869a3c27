import type { Committer } from './committer.ts';
import type { FromWorker, SessionId, WorkerSettings } from './messages.ts';
import type { OpenCopySettings } from './open-copy.ts';

/** What a session needs of its worker. */
export interface SessionPorts {
  readonly settings: WorkerSettings & OpenCopySettings;
  readonly committer: Committer;
  readonly post: (message: FromWorker) => void;
  /** Told when the session is over and its files are closed. */
  readonly onReleased: (id: SessionId) => void;
  /** SHA-256 of the certificate in use now, hex; undefined without TLS. */
  readonly certificate: () => string | undefined;
  /** The interval that senders shall use now, seconds. */
  readonly sleeptimeSeconds: () => number;
}
