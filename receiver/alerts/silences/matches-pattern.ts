import { matchesGlob } from '../glob.ts';

/** What a silence is compared with. */
export interface Silenceable {
  readonly key: string;
  readonly node?: string | undefined;
}

/**
 * Whether a pattern means this: a node by its name (`kitchen`, `node-kitchen`), an incident by its whole key
 * (`disconnect:kitchen`), or every incident of a rule (`disconnect`, the key up to its first colon or blank). `*` stands for
 * any characters, `?` for one.
 */
export function matchesPattern(pattern: string, { key, node }: Silenceable): boolean {
  const names = node === undefined ? [] : [node, `node-${node}`];
  return [...names, key, ruleOf(key)].some((text) => matchesGlob(pattern, text));
}

/** The part of a key that says what it is about, without the thing that it is about. */
function ruleOf(key: string): string {
  return /^[^: ]*/.exec(key)?.[0] ?? key;
}
