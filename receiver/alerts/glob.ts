/**
 * Whether a pattern means a text: `*` stands for any characters, `?` for one; upper and lower case are the same. Takes at
 * most as many steps as both have characters multiplied, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const [glob, subject] = [pattern.toLowerCase(), text.toLowerCase()];
  let [at, inGlob] = [0, 0];
  /** Where to go on when it does not fit: the last star takes one character more. */
  let retry: { readonly at: number; readonly inGlob: number } | undefined;
  while (at < subject.length) {
    if (glob[inGlob] === '*') {
      retry = { at, inGlob };
      inGlob += 1;
    } else if (glob[inGlob] === '?' || glob[inGlob] === subject[at]) {
      at += 1;
      inGlob += 1;
    } else if (retry !== undefined) {
      retry = { at: retry.at + 1, inGlob: retry.inGlob };
      [at, inGlob] = [retry.at, retry.inGlob + 1];
    } else return false;
  }
  return /^\**$/.test(glob.slice(inGlob));
}
