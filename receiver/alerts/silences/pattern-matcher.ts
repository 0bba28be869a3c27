/** What a silence is compared with. */
export interface Silenceable {
  readonly key: string;
  readonly node?: string | undefined;
}

/**
 * Makes a test of what a pattern means: a node by its name (`kitchen`, `node-kitchen`), an incident by its whole key
 * (`disconnect:kitchen`), or every incident of a rule (`disconnect`, the key up to its first colon or blank). `*` stands for
 * any characters, `?` for one.
 */
export function patternMatcher(pattern: string): (what: Silenceable) => boolean {
  const glob = compileGlob(pattern);
  return ({ key, node }) => {
    const names = node === undefined ? [] : [node, `node-${node}`];
    return [...names, key, ruleOf(key)].some((text) => glob.test(text));
  };
}

/** The part of a key that says what it is about, without the thing that it is about. */
function ruleOf(key: string): string {
  return /^[^: ]*/.exec(key)?.[0] ?? key;
}

/** Makes a regular expression of a pattern with `*` and `?`. Runs of `*` count as one, so that no pattern takes long. */
export function compileGlob(pattern: string): RegExp {
  const parts = pattern.replace(/\*+/g, '*').split(/([*?])/);
  const source = parts.map((part) => {
    if (part === '*') return '.*';
    return part === '?' ? '.' : part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 'isu');
}
