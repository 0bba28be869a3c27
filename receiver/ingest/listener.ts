import { createServer, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type SecureContextOptions,
  type Server as TlsServer,
} from 'node:tls';
import { errnoOf } from '../../shared/errors/errors.ts';
import type { Arrival } from './arrival.ts';
import { Doorkeeper } from './doorkeeper.ts';
import type { FromWorker, WorkerSettings, WorkerTls } from './messages.ts';
import { ReadMemory } from './read-memory.ts';
import { addressOf } from './socket-state.ts';

/** Options of {@link startListener}. */
export interface ListenerOptions {
  readonly settings: WorkerSettings;
  readonly send: (message: FromWorker) => void;
  /** A connection has come, encrypted if it has to be. */
  readonly onConnection: (arrival: Arrival) => void;
}

/** A listening socket of a worker. */
export interface Listener {
  /** Shows another certificate from now on; connections that are there keep theirs. */
  setTls(tls: WorkerTls): void;
  close(): void;
}

/** Listens, and lets in as many strangers as `receiver.limits` allows. */
export function startListener({ settings, send, onConnection }: ListenerOptions): Listener {
  const { limits, tls, workers, host, port, isPortShared } = settings;
  // The kernel spreads connections evenly, so each worker gets its share of the limits.
  const share = (limit: number): number => Math.ceil(limit / workers);
  const doorkeeper = new Doorkeeper(share(limits.newcomers), share(limits.newcomersPerAddress));
  const memory = new ReadMemory();
  /** How those leave that have come, but whose handshake of TLS is not over. */
  const leaving = new Map<string, () => void>();

  function arrive(socket: Socket): void {
    const leave = doorkeeper.enter(addressOf(socket));
    if (leave === undefined) socket.resetAndDestroy();
    else if (tls === undefined) openPlain(socket, leave);
    else awaitTls(socket, leave);
  }

  function openPlain(paused: Socket, leave: () => void): void {
    const { socket, isLent, widen } = memory.lend(paused);
    socket.on('close', leave);
    const entered = (): void => {
      leave();
      widen();
    };
    onConnection({ socket, isLent, entered });
  }

  function awaitTls(socket: Socket, leave: () => void): void {
    const name = nameOf(socket);
    leaving.set(name, leave);
    socket.once('close', () => {
      leave();
      leaving.delete(name);
    });
  }

  function openSecure(socket: Socket): void {
    const entered = leaving.get(nameOf(socket)) ?? (() => undefined);
    onConnection({ socket, isLent: false, entered });
  }

  const server = createListener(settings, openSecure);
  server.on('connection', arrive);
  server.on('error', (error) => send({ kind: 'failed', code: errnoOf(error) ?? '', message: error.message }));
  server.listen({ host, port, reusePort: isPortShared, backlog: 4096 }, () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') send({ kind: 'listening', port: address.port });
  });
  return {
    setTls: (next) => {
      if ('setSecureContext' in server) (server as TlsServer).setSecureContext(secureContextOf(next));
    },
    close: () => void server.close(),
  };
}

function createListener({ tls, helloTimeoutMs }: WorkerSettings, onSecure: (socket: Socket) => void): Server {
  if (tls === undefined) return createServer({ noDelay: true, pauseOnConnect: true });
  const options = { ...secureContextOf(tls), handshakeTimeout: helloTimeoutMs, noDelay: true };
  const server = createTlsServer(options, onSecure);
  // Strangers and port scanners: nobody needs to act. After a timeout the socket would stay open.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

function secureContextOf({ key, certificate }: WorkerTls): SecureContextOptions {
  return { key, cert: certificate, minVersion: 'TLSv1.3' };
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
