import { matchesGlob } from '../glob.ts';

/** What a silence is compared with. */
export interface Silenceable {
  readonly key: string;
  readonly node?: string | undefined;
}

/**
 * Whether a pattern means this: a node by its name (`kitchen`, `node-kitchen`), an incident by its whole key
 * (`disconnect:kitchen`), or every incident of a rule (`disconnect`, the key up to its first colon or blank). `*` stands for
 * any characters, `?` for one, and a comma stands between several patterns.
 */
export function matchesPattern(pattern: string, what: Silenceable): boolean {
  // A key may have a comma in it.
  return matchesOne(pattern, what) || partsOf(pattern).some((part) => matchesOne(part, what));
}

/** The parts of a pattern that names several things. */
export function partsOf(pattern: string): readonly string[] {
  return pattern.split(',').flatMap((part) => part.trim() || []);
}

function matchesOne(pattern: string, { key, node }: Silenceable): boolean {
  const names = node === undefined ? [] : [node, `node-${node}`];
  return [...names, key, ruleOf(key)].some((text) => matchesGlob(pattern, text));
}

/** The part of a key that says what it is about, without the thing that it is about. */
export function ruleOf(key: string): string {
  return /^[^: ]*/.exec(key)?.[0] ?? key;
}
