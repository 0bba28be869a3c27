/**
 * The key that was probably meant by one that does not exist: the name with the fewest edits, where case, hyphens and
 * underscores do not count and another section counts as one edit. Undefined when nothing is near.
 *
 * @param wrong dotted
 * @param keys all keys that exist, dotted
 */
export function suggestKey(wrong: string, keys: readonly string[]): string | undefined {
  const name = plainNameOf(wrong);
  const section = sectionOf(wrong);
  // One edit for each three letters, so that short words do not match everything; never more than three.
  const limit = Math.min(3, Math.max(1, Math.floor(name.length / 3)));
  return keys
    .map((key) => ({
      key,
      edits: countEdits(name, plainNameOf(key)),
      isElsewhere: sectionOf(key) !== section,
    }))
    .filter(({ edits }) => edits <= limit)
    .map(({ key, edits, isElsewhere }) => ({ key, distance: edits + Number(isElsewhere) }))
    .toSorted((a, b) => a.distance - b.distance)
    .at(0)?.key;
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
