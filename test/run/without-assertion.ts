/**
 * The tests in the TAP of a file that passed without an assertion, by name; `the file` when it has none at all. A test that is skipped
 * says why, and is none of them.
 */
export function namesWithoutAssertion(tap: string): readonly string[] {
  const lines = tap.split('\n');
  return lines.flatMap((line, at) => {
    const [, indent, rest = ''] = /^( *)1\.\.0(.*)$/.exec(line) ?? [];
    if (indent === undefined || !/^ *(?:# no tests found)?$/.test(rest)) return [];
    if (indent === '') return ['the file'];
    const end = new RegExp(`^${indent.slice(4)}ok \\d+ - (.*?)(?: # time=.*)?$`);
    const name = lines
      .slice(at)
      .map((later) => end.exec(later)?.[1])
      .find((found) => found !== undefined);
    return [name ?? `line ${at + 1}`];
  });
}
