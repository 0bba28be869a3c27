import { isIPv6 } from 'node:net';

/** Where a receiver may be reached. */
export interface HostPort {
  /** Host name or address; IPv6 without brackets. */
  readonly host: string;
  /** Undefined where the text names none. */
  readonly port: number | undefined;
}

/** A name as the DNS and /etc/hosts know it, or IPv4: the resolver decides what exists. */
const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9_.])?$/;
const WITH_PORT = /^(?<host>\[[^\]]*\]|[^:[\]]*):(?<port>\d{1,5})$/;

/** Checks a host name or address; brackets around IPv6 are taken off. Undefined when it is neither. */
export function parseHost(text: string): string | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (isIPv6(bare)) return bare;
  return bare === text && HOST_NAME.test(text) ? text : undefined;
}

/** Reads `host`, `host:port`, `::1`, `[::1]` and `[::1]:port`; undefined for everything else. */
export function parseHostPort(text: string): HostPort | undefined {
  const { host: hostText = text, port: portText } = WITH_PORT.exec(isIPv6(text) ? '' : text)?.groups ?? {};
  const host = parseHost(hostText);
  const port = portText === undefined ? undefined : Number(portText);
  if (host === undefined || (port !== undefined && (port < 1 || port > 65_535))) return undefined;
  return { host, port };
}

/** Writes what {@link parseHostPort} reads: IPv6 in brackets. */
export function formatHostPort(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
