import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/**
 * Names the present run of the operating system: it changes with every boot, so a file last written under another boot
 * id may have lost what was not synced. Linux says it itself; elsewhere it is made of the time of boot, to the minute
 * (rounded, since a clock that is being set moves it a little).
 */
export function readBootId(): string {
  if (process.platform === 'linux') {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  }
  return `boot-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
}
