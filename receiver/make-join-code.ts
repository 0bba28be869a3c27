import { networkInterfaces } from 'node:os';
import { encodeJoinCode } from '../shared/auth/join-code.ts';
import type { Config } from '../shared/config/config.ts';
import { formatHostPort } from '../shared/config/host-port.ts';
import { UserError } from '../shared/errors/errors.ts';
import type { CodeOptions } from './admission/admission.ts';
import type { Receiver } from './receiver.ts';

/** A join code to hand out, as `join-code --json` prints it. */
export interface MadeJoinCode {
  /** The one word to paste. */
  readonly code: string;
  /** RFC 3339, UTC. */
  readonly expires: string;
  readonly uses: number;
  /** The name that it gives; null: what the node wishes. */
  readonly node: string | null;
  /** Whether a machine has that name already. */
  readonly is_taken: boolean;
  /** Whether the machine that joins takes its place. */
  readonly replaces: boolean;
  /** Where it tells nodes to find this receiver. */
  readonly addresses: readonly string[];
}

/** Addresses of one code; a machine with containers has dozens. */
const MAX_ADDRESSES = 6;
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Makes a join code that leads to this receiver. @throws UserError `CONFIG_INVALID` when no address is known */
export function makeJoinCode(receiver: Receiver, options: CodeOptions): MadeJoinCode {
  const { admission, config, port } = receiver;
  const addresses = addressesOf(config).map((host) => formatHostPort(host, port));
  if (addresses.length === 0) {
    throw new UserError('CONFIG_INVALID', 'this machine has no address that other machines could reach', {
      hint: 'Name one in config.json: "receiver": { "join_addresses": ["receiver.lan"] }.',
    });
  }
  const { node } = options;
  const holder = node === undefined ? undefined : admission.credentialOf(node);
  const { id, secret, expiresMs } = admission.makeCode(options);
  return {
    code: encodeJoinCode({ id, secret, certificate: receiver.certificates?.state().sha256, addresses }),
    expires: new Date(expiresMs).toISOString(),
    uses: options.uses,
    node: node ?? null,
    is_taken: holder !== undefined && holder.revoked === undefined,
    replaces: options.isReplacing ?? false,
    addresses,
  };
}

/** Where nodes find the receiver: as configured, else where it listens. */
function addressesOf({ receiver, host }: Config): readonly string[] {
  if (receiver.join_addresses !== undefined) return receiver.join_addresses;
  const { listen_address: listening } = receiver;
  // Listening everywhere: `host`, if it is an address to find the receiver at, is what people configured for that.
  if (!EVERY_ADDRESS.has(listening)) return [listening];
  return EVERY_ADDRESS.has(host) || host.startsWith('127.') ? ownAddresses(listening) : [host];
}

/** The addresses of this machine that others may reach, IPv4 first. Who listens on `0.0.0.0` is not reached by IPv6. */
function ownAddresses(listening: string): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const reachable = all
    .filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0)
    .filter(({ family }) => listening === '::' || family === 'IPv4');
  const byFamily = reachable.toSorted((a, b) => a.family.localeCompare(b.family));
  return byFamily.slice(0, MAX_ADDRESSES).map(({ address }) => address);
}
