import { createHash } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../errors/errors.ts';

/** Bytes that fit into `sun_path` with its closing NUL (unix(7)). */
const MAX_SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** A path to bind or connect; valid until disposed. */
export interface ControlAddress extends Disposable {
  readonly path: string;
}

/**
 * Where the control socket of a data directory is reached. When the path is too long for a socket, Linux reaches it
 * through a descriptor of the directory, `/proc/self/fd/7/control.sock`.
 *
 * @throws UserError `DIRECTORY_UNUSABLE` when the path is too long and there is no such way
 * @throws Error with an errno when the path is too long and the directory cannot be opened
 */
export function openControlAddress(directory: string): ControlAddress {
  if (process.platform === 'win32') return fixed(`\\\\.\\pipe\\fleetkeep-${pipeName(directory)}`);
  const path = join(resolve(directory), 'control.sock');
  const sizeBytes = Buffer.byteLength(path);
  if (sizeBytes <= MAX_SOCKET_PATH_BYTES) return fixed(path);
  if (process.platform === 'linux') return throughDescriptor(directory);
  throw new UserError(
    'DIRECTORY_UNUSABLE',
    `the path of the control socket, ${path}, has ${sizeBytes} bytes; at most ${MAX_SOCKET_PATH_BYTES} are possible here`,
    { hint: 'Set data_directory to a shorter path.' },
  );
}

function fixed(path: string): ControlAddress {
  return { path, [Symbol.dispose]: () => undefined };
}

function throughDescriptor(directory: string): ControlAddress {
  let descriptor: number | undefined = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  return {
    path: `/proc/self/fd/${descriptor}/control.sock`,
    [Symbol.dispose]() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

/** Windows paths do not tell upper from lower case, so neither may the name made of one. */
function pipeName(directory: string): string {
  return createHash('sha256').update(resolve(directory).toLowerCase()).digest('hex').slice(0, 32);
}
