import { Socket, type SocketConstructorOpts } from 'node:net';
import { NEWCOMER_FRAME_BYTES } from './limits.ts';

/** A connection as it is read from. */
export interface LentSocket {
  readonly socket: Socket;
  /** Whether the bytes of a `data` event are valid during the event only: then the next one, of any connection, overwrites them. */
  readonly isLent: boolean;
  /** Lets the connection have all of the memory at each read, not only what a newcomer gets. */
  readonly widen: () => void;
}

/** What is read at once, bytes: with less the calls cost more, with more nothing is gained (`npm run bench:ingest`). */
const READ_BYTES = 1024 * 1024;

/**
 * The memory that all connections of a worker are read into, one read after the other. Node would allocate 64 KiB for each read, and at
 * hundreds of megabytes a second collecting them costs as much time as everything else that the program does with the bytes.
 */
export class ReadMemory {
  readonly #all = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly #newcomers = this.#all.subarray(0, NEWCOMER_FRAME_BYTES);

  /**
   * Takes over a connection that was accepted paused. The socket to be used from now on emits `data` like any other.
   *
   * Node has the option for this, `onread`, for connections that are made, not for those that come in. So a second socket is made
   * around the handle of the first, which no interface promises: where there is none, the connection is read as usual. As on Windows,
   * where the memory of a read has to stay its own until the bytes come.
   */
  lend(paused: Socket): LentSocket {
    const handle: unknown = Reflect.get(paused, '_handle');
    if (typeof handle !== 'object' || handle === null || process.platform === 'win32')
      return { socket: paused.resume(), isLent: false, widen: () => undefined };
    let memory = this.#newcomers;
    const onread = {
      buffer: () => memory,
      callback: (bytes: number): boolean => {
        // Of the memory that was read into, which may have been the smaller part: both begin at the same place.
        socket.emit('data', this.#all.subarray(0, bytes));
        return true;
      },
    };
    const options = { handle, onread };
    const socket = new Socket(options as SocketConstructorOpts);
    const widen = (): void => {
      memory = this.#all;
    };
    return { socket, isLent: true, widen };
  }
}
