/** Where the reader is: what stands after `#` in the address, so that back, reload and bookmarks work. */
export interface Route {
  /** First word of the path: `fleet` when there is none. */
  readonly page: string;
  /** Second word of the path, decoded: a node's name, a token. */
  readonly name: string | undefined;
  readonly query: Readonly<Record<string, string>>;
}

/** Reads `#/node/kitchen?last=3600`. A part that cannot be decoded is taken as it stands. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const [page = '', name] = path.split('/');
  return {
    page: page === '' ? 'fleet' : page,
    name: name === undefined || name === '' ? undefined : decode(name),
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

/** Writes an address; entries of the query that are undefined or empty are left out. */
export function formatRoute(
  page: string,
  name?: string,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value) search.set(key, value);
  const path = [page === 'fleet' ? '' : page, ...(name === undefined ? [] : [encodeURIComponent(name)])].join(
    '/',
  );
  return `#/${path}${search.size > 0 ? `?${search}` : ''}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
