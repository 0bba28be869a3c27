import { isIPv4, isIPv6 } from 'node:net';

/** The network that an address is in, as far as one can tell from it: its /24, or its /64. Undefined for what is no address. */
export function networkOf(address: string): string | undefined {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  const plain = (mapped ?? address).replace(/%.*$/, '');
  if (isIPv4(plain)) return `${plain.slice(0, plain.lastIndexOf('.'))}.0/24`;
  if (!isIPv6(plain)) return undefined;
  return `${groupsOf(plain).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  // An IPv4 address at the end counts as two; it never reaches the first four.
  const missing = tail === undefined ? 0 : 8 - first.length - last.length - (tail.includes('.') ? 1 : 0);
  const all = [...first, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...last];
  return all.map((group) => group.replace(/^0+(?=.)/, ''));
}
