import { createServer } from 'node:net';
import { errnoOf, UserError } from '../../shared/errors/errors.ts';

/** Where libuv can share a port between sockets. Elsewhere one worker listens alone. */
export function isPortSharable(): boolean {
  return ['linux', 'freebsd', 'sunos', 'aix'].includes(process.platform);
}

/**
 * A shared port hides that another program has it; so it is first tried without sharing.
 *
 * @throws UserError `PORT_UNAVAILABLE`
 */
export async function assertPortFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host, port }, resolve);
    });
  } catch (error) {
    throw portError(error, host, port);
  } finally {
    probe.close();
  }
}

function portError(error: unknown, host: string, port: number): UserError {
  const where = `${host}, port ${port}`;
  const hint = 'Set "port" (or "host", the address to listen on) in config.json, or --port.';
  switch (errnoOf(error)) {
    case 'EADDRINUSE':
      return new UserError('PORT_UNAVAILABLE', `another program already listens on ${where}`, { hint });
    case 'EACCES':
      return new UserError('PORT_UNAVAILABLE', `this user may not listen on ${where}`, { hint });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UserError('PORT_UNAVAILABLE', `this machine has no address ${host} to listen on`, { hint });
    default:
      return new UserError('PORT_UNAVAILABLE', `cannot listen on ${where}`, {
        cause: error,
        hint,
      });
  }
}
