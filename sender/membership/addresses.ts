import type { Config } from '../../shared/config/config.ts';
import type { ReceiverAddress } from '../uplink/connect.ts';
import type { Membership } from './membership.ts';

/**
 * Where receivers are tried, in turn: `sender.receivers` if that is configured; else what the join code said, and then `host`, for a
 * receiver that has moved. A `host` of this machine itself says nothing about where the receiver of another one is.
 */
export function addressesOf(
  config: Pick<Config, 'host' | 'port' | 'sender'>,
  { addresses }: Pick<Membership, 'addresses'>,
): readonly ReceiverAddress[] {
  const { receivers } = config.sender;
  if (receivers !== undefined) return receivers;
  const { host, port } = config;
  const isKnown = addresses.some((address) => address.host === host && address.port === port);
  return isKnown || isNowhere(host) ? addresses : [...addresses, { host, port }];
}

/** This machine itself, or every address at once, where a receiver may listen and nobody can connect to. */
function isNowhere(host: string): boolean {
  return ['localhost', '::1', '0.0.0.0', '::'].includes(host) || host.startsWith('127.');
}
