import { createConnection, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { checkCertificate } from './trust.ts';

/** Where a receiver is reached. */
export interface ReceiverAddress {
  readonly host: string;
  readonly port: number;
}

/** How the receiver is known. */
export interface ConnectOptions {
  /** SHA-256 of the certificates that are the receiver's, hex; undefined for plain TCP. */
  readonly certificates: readonly string[] | undefined;
  readonly timeoutMs: number;
}

/** A connection to a receiver whose certificate, if there is one, is the right one. */
export interface Connection {
  readonly socket: Socket;
  /** SHA-256 of the receiver's certificate, hex; undefined without TLS. */
  readonly certificate: string | undefined;
}

/**
 * Connects to a receiver. With TLS, the certificate is checked before a word is said.
 *
 * @throws the system's error (`ECONNREFUSED`, `ENOTFOUND`, …), an Error when it takes longer than `timeoutMs` or the certificate is
 *   another one, the signal's reason.
 */
export async function connectTo(
  address: ReceiverAddress,
  { certificates, timeoutMs }: ConnectOptions,
  signal: AbortSignal,
): Promise<Connection> {
  signal.throwIfAborted();
  const socket =
    certificates === undefined ? createConnection({ ...address, noDelay: true }) : openTls(address);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giveUp = (): void => reject(signal.reason);
  const closed = (): void => reject(new Error('the connection was closed while it was being made'));
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  socket.once(certificates === undefined ? 'connect' : 'secureConnect', resolve);
  socket.once('error', reject);
  socket.once('close', closed);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await promise;
    const certificate = certificates && checkCertificate(socket as TLSSocket, certificates);
    socket.off('error', reject);
    return { socket, certificate };
  } catch (error) {
    // The socket may still fail after it was given up; nobody is interested any more.
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.off('close', closed);
    signal.removeEventListener('abort', giveUp);
  }
}

/**
 * No authority vouches for a receiver's own certificate: it is known by its SHA-256, which `checkCertificate` compares. So none is
 * named, or Node would read its 150.
 */
function openTls(address: ReceiverAddress): TLSSocket {
  const socket = connectTls({ ...address, minVersion: 'TLSv1.3', rejectUnauthorized: false, ca: [] });
  socket.setNoDelay(true);
  return socket;
}
