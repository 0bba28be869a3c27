/**
 * What may become a mail header: `name@host`, or `Name <name@host>` without quotes or commas. Whether the mailbox exists
 * is for the mail server to say. No control characters, so that no address can begin a header of its own.
 */
const ADDRESS = /^(?:[^<>@",;\p{Cc}]+ <[^\s<>@",;]+@[^\s<>@",;]+>|[^\s<>@",;]+@[^\s<>@",;]+)$/u;

/** Reads one mail address; undefined when it is none. */
export function parseMailAddress(text: string): string | undefined {
  const address = text.trim();
  return ADDRESS.test(address) ? address : undefined;
}

/** Reads addresses separated by commas; undefined when there is none, or when one of them is not an address. */
export function parseMailAddresses(text: string): readonly string[] | undefined {
  const addresses = text.split(',').map(parseMailAddress);
  return addresses.every((address) => address !== undefined) ? [...new Set(addresses)] : undefined;
}
