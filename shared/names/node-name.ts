import { isIPv6 } from 'node:net';
import { UserError } from '../errors/errors.ts';

/**
 * The name of a node, checked: `[a-z0-9][a-z0-9-]{0,62}`, never beginning with `node-`. Only such a name may become
 * part of a path, a mail header or a page. Made by {@link parseNodeName} alone.
 */
export type NodeName = string & { readonly __brand: 'NodeName' };

const PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** An IPv4 address, also as the beginning of a longer name: `192.168.1.10.lan`. */
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}(?=\.|$)/;

/**
 * Checks a name that came from outside. People know a node by its log, `node-7.log`, so `node-7` is taken for `7`:
 * leading `node-` is dropped (as often as it stands there, so that parsing twice changes nothing).
 *
 * @throws UserError `NODE_NAME_INVALID`
 */
export function parseNodeName(text: string): NodeName {
  const name = text.replace(/^(?:node-)+/, '');
  if (!PATTERN.test(name)) {
    throw new UserError('NODE_NAME_INVALID', `${JSON.stringify(text)} is not a node name`, {
      hint: 'A name is 1 to 63 of a-z, 0-9 and -, and does not begin with -.',
    });
  }
  return name as NodeName;
}

/**
 * Makes a node name of a host name: lower case, first label only, every other character a hyphen. Of an address there is no first label:
 * `192.168.1.10` becomes `192-168-1-10`.
 */
export function nodeNameFromHost(hostName: string): NodeName {
  const address = isIPv6(hostName) ? hostName : ADDRESS.exec(hostName)?.[0];
  const label = (address ?? hostName.split('.')[0] ?? '').toLowerCase();
  const cleaned = label
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  const name = cleaned.replace(/^(?:node-)+/, '');
  return parseNodeName(PATTERN.test(name) ? name : 'local');
}
