import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Where Linux systems keep it; the second is for those without systemd. */
const PATHS = ['/etc/machine-id', '/var/lib/dbus/machine-id'];

/**
 * Names this installation of the operating system, 32 hexadecimal digits; undefined where the system has no such thing. It is not
 * the machine-id itself, which is to be kept from others (machine-id(5)), but made of it.
 *
 * @param paths for tests
 */
export function readMachineId(paths: readonly string[] = PATHS): string | undefined {
  for (const path of paths) {
    const id = readId(path);
    if (id !== undefined) return createHmac('sha256', id).update('fleetkeep').digest('hex').slice(0, 32);
  }
  return undefined;
}

function readId(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    // An image that is yet to be started for the first time says «uninitialized», or nothing.
    return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
