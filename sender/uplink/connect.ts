import { createConnection, type Socket } from 'node:net';

/** Where a receiver is reached. */
export interface ReceiverAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Connects to a receiver.
 *
 * @throws the system's error (`ECONNREFUSED`, `ENOTFOUND`, …), an Error when it takes longer than `timeoutMs`, the signal's reason.
 */
export async function connectTo(
  address: ReceiverAddress,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const socket = createConnection({ ...address, noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giveUp = (): void => reject(signal.reason);
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  socket.once('connect', resolve);
  socket.once('error', reject);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await promise;
    socket.off('error', reject);
    return socket;
  } catch (error) {
    // The socket may still fail after it was given up; nobody is interested any more.
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}
