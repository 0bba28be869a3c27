import { isUptime } from '../../../shared/sample/limits.ts';

/** Seconds since boot, from `/proc/uptime`; undefined when it is something else. See proc_uptime(5). */
export function parseUptime(bytes: Buffer): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s/.exec(bytes.toString('latin1', 0, 64));
  const seconds = Number(match?.[1]);
  return isUptime(seconds) ? seconds : undefined;
}
