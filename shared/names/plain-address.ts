import { isIPv4 } from 'node:net';

/**
 * An address as people know it. A socket that listens on `::` shows an IPv4 peer as `::ffff:192.0.2.2` (RFC 4291, section 2.5.5.2), which
 * becomes `192.0.2.2`. Everything else stays as it is.
 */
export function plainAddress(address: string): string {
  const mapped = /^(?:::|(?:0{1,4}:){5})ffff:(.+)$/i.exec(address)?.[1];
  if (mapped === undefined) return address;
  if (isIPv4(mapped)) return mapped;
  const [high, low] = mapped.split(':').map((group) => Number.parseInt(group, 16));
  if (high === undefined || low === undefined || Number.isNaN(high + low)) return address;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
