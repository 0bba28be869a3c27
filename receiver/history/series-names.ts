/** Names that are remembered at most: nodes may make up as many as they like. */
const MAX_NAMES = 10_000;

const known = new Map<string, Map<string, string>>();
let count = 0;

/**
 * The name of the series of a part: `net.rx:` and `eth0` make `net.rx:eth0`. It is the same string every time, since thousands of nodes
 * have the same names and all keep them; and to find it costs less than to make it anew.
 */
export function seriesName(family: string, part: string): string {
  const ofFamily = known.get(family) ?? new Map<string, string>();
  const found = ofFamily.get(part);
  if (found !== undefined) return found;
  if (count >= MAX_NAMES) forget();
  count += 1;
  const name = family + part;
  ofFamily.set(part, name);
  known.set(family, ofFamily);
  return name;
}

function forget(): void {
  known.clear();
  count = 0;
}
