import { createConnection } from 'node:net';

/** Whether a living process accepts connections at a socket path; a leftover of a dead one does not. */
export async function isAnswering(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection(path);
  socket.once('connect', () => resolve(true));
  // ENOENT: nothing there. ECONNREFUSED: a file that no process listens on.
  socket.once('error', () => resolve(false));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}
