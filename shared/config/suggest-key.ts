/**
 * The key that was probably meant by one that does not exist: one that differs in case, hyphens and underscores only,
 * else the nearest in the same section, else one of that name in another section. Undefined when nothing is near.
 *
 * @param wrong dotted
 * @param keys all keys that exist, dotted
 */
export function suggestKey(wrong: string, keys: readonly string[]): string | undefined {
  const section = sectionOf(wrong);
  const siblings = keys.filter((key) => sectionOf(key) === section);
  return nearest(wrong, siblings) ?? nearest(wrong, keys);
}

/** Edits allowed: one for each three letters, so that short words do not match everything. */
function nearest(wrong: string, keys: readonly string[]): string | undefined {
  const word = plainNameOf(wrong);
  const limit = Math.max(1, Math.floor(word.length / 3));
  return keys
    .map((key) => ({ key, edits: countEdits(word, plainNameOf(key)) }))
    .filter(({ edits }) => edits <= limit)
    .reduce<{ key: string; edits: number } | undefined>(
      (best, one) => (best === undefined || one.edits < best.edits ? one : best),
      undefined,
    )?.key;
}

function sectionOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('.')));
}

function plainNameOf(key: string): string {
  return key
    .slice(key.lastIndexOf('.') + 1)
    .replace(/[_-]/g, '')
    .toLowerCase();
}

/** Levenshtein distance: insertions, deletions and replacements that turn one word into the other. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const above = row;
    row = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = at(above, j) + (letter === to[j] ? 0 : 1);
      row.push(Math.min(replaced, at(above, j + 1) + 1, at(row, j) + 1));
    }
  }
  return at(row, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
