import type { Socket } from 'node:net';

/** A connection that has come in. */
export interface Arrival {
  readonly socket: Socket;
  /** Whether the bytes of a `data` event are valid during the event only, see {@link ReadMemory}. */
  readonly isLent: boolean;
  /** To be called when the peer has proven who it is. */
  readonly entered: () => void;
}
