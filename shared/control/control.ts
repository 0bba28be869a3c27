/**
 * How a command (`fleetkeep-receiver status`, `backup now`, …) talks to the program that runs, and what keeps a second
 * program out of its data directory.
 *
 * In the data directory:
 *
 *     control.sock   unix domain socket of the running program, mode 0600 (on Windows a named pipe made of the path)
 *     lock.db        held locked by the running program, always empty, never removed: see lock-store.ts
 *     lock.json      who holds it, `{ "program", "pid" }`; for messages only, may be stale
 *
 * On the socket, a JSON object a line; one request a connection:
 *
 *     → { "command": "status", "args": { … } }
 *     ← { "kind": "progress", "value": … }                                   any number of them
 *     ← { "kind": "result", "value": … }                                     or
 *     ← { "kind": "error", "code": …, "message": …, "hint": … }
 *
 * Invariants. Tests cite them by number.
 *
 * 1. At most one program works in a data directory, however many start at the same moment; `kill -9` frees it at once.
 * 2. Only the owner of the data directory's program can talk to it; there is no moment at which others could.
 * 3. Whatever arrives is bounded: clients, size and time of a request, bytes waiting for a slow reader.
 * 4. A client that goes away, or shuts its sending side, aborts what it asked for.
 * 5. Stopping aborts what is under way, waits for it for a bounded time, and frees the directory last.
 */

import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../errors/errors.ts';
import { claimDataFormat } from '../files/data-format.ts';
import { makeDirectory } from '../files/make-directory.ts';
import type { Logger } from '../logging/logger.ts';
import { type ControlAddress, openControlAddress } from './control-address.ts';
import { isAnswering } from './is-answering.ts';
import { forgetLockOwner, type ProgramName, readLockOwner, writeLockOwner } from './lock-owner.ts';
import { acquireDirectoryLock } from './lock-store.ts';
import { encodeAnswer } from './messages.ts';
import { type ControlHandlers, serveClient } from './serve-client.ts';

/** Clients served at the same time; one more is told to come again. */
const MAX_CLIENTS = 32;

/** How long stopping waits for handlers that were told to end, ms. */
const STOP_MS = 3_000;

/** Options of {@link startControl}. */
export interface StartControlOptions {
  /** The data directory; made, for the owner only, when it is missing. */
  readonly directory: string;
  readonly name: ProgramName;
  /** What can be asked for, by command. May be called before the rest of the program is up, and while it stops. */
  readonly handlers: ControlHandlers;
  readonly log: Logger;
}

/**
 * Takes the data directory for this process and answers commands in it, until disposed. Main thread only. Start it first
 * and dispose it last: it is the lock.
 *
 * @throws UserError `ALREADY_RUNNING` when another process works in the directory, `FORMAT_NEWER` when a newer version wrote it,
 *   `DIRECTORY_UNUSABLE` when it cannot be used
 */
export async function startControl(options: StartControlOptions): Promise<AsyncDisposable> {
  await makeDataDirectory(options.directory);
  await using stack = new AsyncDisposableStack();
  const lock = acquireDirectoryLock(options.directory);
  if (lock === undefined) throw await alreadyRunning(options.directory);
  stack.use(lock);
  await claimDataFormat(options.directory, options.name);

  const address = stack.use(openControlAddress(options.directory));
  // The lock says that nobody is there. If somebody answers all the same, lock.db was removed while it was held.
  if (await isAnswering(address.path)) throw await alreadyRunning(options.directory);
  await removeLeftover(address);

  await writeLockOwner(options.directory, { program: options.name, pid: process.pid });
  stack.defer(() => forgetLockOwner(options.directory));
  stack.use(await serve(address, options));
  return stack.move();
}

async function makeDataDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(directory, 0o700);
  } catch (cause) {
    throw new UserError('DIRECTORY_UNUSABLE', `cannot make the data directory ${directory}`, {
      cause,
      hint: 'Set data_directory to a place that this user may write to.',
    });
  }
}

async function alreadyRunning(directory: string): Promise<UserError> {
  const owner = await readLockOwner(directory);
  const who =
    owner === undefined ? 'another program' : `another fleetkeep-${owner.program} (pid ${owner.pid})`;
  return new UserError('ALREADY_RUNNING', `${who} works in ${directory}`, {
    hint: 'Stop it first, or set data_directory to another directory for this one.',
  });
}

async function removeLeftover(address: ControlAddress): Promise<void> {
  if (process.platform !== 'win32') await rm(address.path, { force: true });
}

async function serve(address: ControlAddress, options: StartControlOptions): Promise<AsyncDisposable> {
  const stop = new AbortController();
  const clients = new Map<Socket, Promise<void>>();
  const server = createServer((socket) => {
    if (clients.size >= MAX_CLIENTS) {
      refuse(socket);
      return;
    }
    const served = serveClient(socket, { ...options, signal: stop.signal }).finally(() =>
      clients.delete(socket),
    );
    clients.set(socket, served);
  });
  // Those who are being refused need a moment too, so the hard limit lies above the polite one.
  server.maxConnections = 2 * MAX_CLIENTS;
  await listenForOwnerOnly(server, address.path);
  server.on('error', (err) => options.log.warn({ err }, 'control socket failed'));

  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new UserError('NOT_RUNNING', `fleetkeep-${options.name} is stopping`));
      // Also removes the socket's file. It does so at once, while the lock is still held: nobody else's can be hit.
      server.close();
      await Promise.race([Promise.allSettled(clients.values()), delay(STOP_MS, undefined, { ref: false })]);
      for (const socket of clients.keys()) socket.destroy();
    },
  };
}

function refuse(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.setTimeout(1_000, () => socket.destroy());
  socket.resume();
  socket.end(
    encodeAnswer({
      kind: 'error',
      code: 'NOT_RUNNING',
      message: `${MAX_CLIENTS} commands are being answered already`,
      hint: 'Try again in a moment.',
    }),
  );
}

/**
 * Binds with the umask drawn tight instead of a chmod afterwards, which would leave a moment in which everybody may
 * connect. Node binds a path before `listen` returns; a file that another thread makes in these microseconds gets fewer
 * permissions, never more.
 */
async function listenForOwnerOnly(server: Server, path: string): Promise<void> {
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.once('listening', listening.resolve);
  const umask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
  try {
    await listening.promise;
  } catch (cause) {
    throw new UserError('DIRECTORY_UNUSABLE', `cannot listen on the control socket ${path}`, {
      cause,
      hint: 'The data directory must be on a file system that knows unix sockets, writable for this user.',
    });
  } finally {
    server.off('error', listening.reject);
  }
}
