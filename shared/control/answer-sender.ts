import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type ControlAnswer, encodeAnswer } from './messages.ts';

/** How long a client may leave unread what waits for it, ms. */
const STALL_MS = 30_000;

/** Most bytes that may wait for one client; only a handler that does not await its progress gets there. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;

/** The answering side of one connection. */
export interface AnswerSender {
  /** Sends; resolves when the client has room for more. Rejects once the client is gone, or was dropped for not reading. */
  send(answer: ControlAnswer): Promise<void>;
  /** Ends the connection when everything is sent, whatever the client does meanwhile. */
  end(): void;
}

/** Wraps a socket; `gone` is aborted when the client is no longer there. */
export function createAnswerSender(socket: Socket, gone: AbortSignal): AnswerSender {
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    try {
      await once(socket, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(STALL_MS)]) });
    } catch (cause) {
      socket.destroy();
      throw cause;
    } finally {
      draining = undefined;
    }
  }

  return {
    async send(answer) {
      gone.throwIfAborted();
      const line = encodeAnswer(answer);
      if (socket.writableLength + line.length > MAX_WAITING_BYTES) {
        socket.destroy();
        throw new Error(`more than ${MAX_WAITING_BYTES} bytes wait for a client`);
      }
      if (socket.write(line)) return;
      draining ??= drain();
      await draining;
    },
    end() {
      socket.setTimeout(STALL_MS, () => socket.destroy());
      // Not end(): that waits for the other side's end, and a client that goes on sending would hold the connection.
      socket.destroySoon();
    },
  };
}
