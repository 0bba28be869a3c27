/** A text is not JSON; the message is for the person who wrote it. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  /** Where the mistake is, counted from 1. */
  readonly line: number;
  /** Where in the line, in UTF-16 units, counted from 1. */
  readonly column: number;

  constructor(message: string, text: string, offset: number) {
    super(message);
    const before = text.slice(0, offset).split('\n');
    this.line = before.length;
    this.column = (before.at(-1) ?? '').length + 1;
  }
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const MAX_DEPTH = 100;

/**
 * Reads JSON written by a person: as `JSON.parse`, but a mistake is told with its place and in words (V8 tells the place
 * of some mistakes only), and a key that stands twice in one object is a mistake as well. A byte order mark is passed over.
 *
 * @throws JsonError
 */
export function parseJson(textWithMark: string): unknown {
  const text = textWithMark.replace(/^\uFEFF/, '');
  checkSyntax(text);
  return JSON.parse(text);
}

/** Walks the text once, by recursive descent, and throws at the first mistake. */
function checkSyntax(text: string): void {
  let at = 0;

  function skip(pattern: RegExp): string {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  }

  function next(): string {
    skip(SPACE);
    return text[at] ?? '';
  }

  function fail(expected: string): never {
    throw new JsonError(describeMistake(text, at, expected), text, at);
  }

  function value(depth: number): void {
    if (depth > MAX_DEPTH) throw new JsonError(`more than ${MAX_DEPTH} levels`, text, at);
    const first = next();
    if (first === '{') members('}', depth, member(new Set()));
    else if (first === '[') members(']', depth, value);
    else if (skip(first === '"' ? STRING : SCALAR) === '') fail('a value');
  }

  function members(close: string, depth: number, one: (depth: number) => void): void {
    at += 1;
    if (next() !== close) {
      for (;;) {
        one(depth + 1);
        if (next() !== ',') break;
        at += 1;
        if (next() === close) throw new JsonError(`there is a comma before ${close}`, text, at);
      }
    }
    if (next() !== close) fail(`"," or "${close}"`);
    at += 1;
  }

  function member(keys: Set<string>): (depth: number) => void {
    return (depth) => {
      const start = next() === '"' ? at : -1;
      const source = start < 0 ? '' : skip(STRING);
      if (source === '') fail('a key in double quotes');
      const key: string = JSON.parse(source);
      if (keys.has(key)) throw new JsonError(`the key ${source} stands twice`, text, start);
      keys.add(key);
      if (next() !== ':') fail('":"');
      at += 1;
      value(depth);
    };
  }

  value(0);
  if (next() !== '') fail('nothing more');
}

function describeMistake(text: string, at: number, expected: string): string {
  const rest = text.slice(at);
  if (rest === '') return `the file ends where ${expected} is expected`;
  if (/^(?:\/\/|\/\*|#)/.test(rest)) return 'JSON has no comments';
  if (rest.startsWith("'")) return 'JSON has double quotes only';
  if (rest.startsWith('"') && /value|key/.test(expected)) {
    return 'this text in quotes has no end in its line, or a \\ that means nothing (a backslash is written \\\\)';
  }
  const found = /^(?:"[^"\n]*"?|[\w.+-]+|.)/su.exec(rest)?.[0] ?? '';
  return `${found.startsWith('"') ? found : `"${found}"`} stands where ${expected} is expected`;
}
