import type { Socket } from 'node:net';
import { errnoOf } from '../../shared/errors/errors.ts';
import { plainAddress } from '../../shared/names/plain-address.ts';
import type { EndKind } from './messages.ts';

/** The address of the peer, as people know it; `unknown` once the socket has lost it. */
export function addressOf({ remoteAddress }: Socket): string {
  return plainAddress(remoteAddress ?? 'unknown');
}

/** Waits until a socket has room again; `false` when it is closed. */
export async function drained(socket: Socket): Promise<boolean> {
  if (socket.destroyed) return false;
  if (!socket.writableNeedDrain) return true;
  return await new Promise((resolve) => {
    const settle = (): void => {
      socket.off('drain', settle);
      socket.off('close', settle);
      resolve(!socket.destroyed);
    };
    socket.on('drain', settle);
    socket.on('close', settle);
  });
}

/** How a connection ended that ended with an error of its socket. */
export function endOf(error: unknown): EndKind {
  switch (errnoOf(error)) {
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
      return 'timed_out';
    default:
      return 'error';
  }
}

/** Ends a socket once what was written has been sent; cuts it off after `lingerMs` if the peer does not read. */
export function endGently(socket: Socket, lingerMs: number): void {
  socket.end();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
  // What the peer still sends is read and dropped: unread bytes would turn the end into a reset, and the reason would be lost.
  socket.resume();
}
