import type { z } from 'zod';
import { formatPath, type JsonObject, valueAt } from './dotted.ts';
import { ANY_NAME, type ConfigKey, findKey, listConfigKeys, oneOf } from './keys.ts';
import { suggestKey } from './suggest-key.ts';

/** One thing that is wrong. */
export interface Problem {
  /** The dotted key, by which it is known whether the file or a flag said so. */
  readonly key: string;
  /** What is wrong, in one line. */
  readonly text: string;
}

const MAX_SHOWN = 60;

/** Puts what zod found into words, one problem a key. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], raw: JsonObject): readonly Problem[] {
  const keys = listConfigKeys();
  const problems = issues
    .flatMap(innermost)
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((name) => unknownKey(formatPath([...issue.path, name]), keys))
        : [issue.code === 'invalid_key' ? wrongName(issue.path, keys) : wrongValue(issue.path, raw, keys)],
    );
  return [...new Map(problems.map((problem) => [problem.key, problem])).values()];
}

/** Of a value that may be of several shapes: what is wrong with it in the shape that it has. */
function innermost(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find((errors) =>
    errors.every(({ path }) => path.length > 0 || isOfKeys(errors)),
  );
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isOfKeys(errors: readonly z.core.$ZodIssue[]): boolean {
  return errors.some(({ code }) => code === 'unrecognized_keys');
}

function unknownKey(key: string, keys: readonly ConfigKey[]): Problem {
  const names = keys.map((known) => asCalledBeside(known.key, key));
  const suggestion = suggestKey(key, names);
  if (suggestion !== undefined) {
    return { key, text: `unknown key "${key}"; did you mean "${suggestion}"?` };
  }
  const section = key.slice(0, key.lastIndexOf('.') + 1);
  const siblings = names.filter((name) => name.startsWith(section)).map((name) => name.slice(section.length));
  const allowed = siblings.filter((name) => !/[.$]/.test(name));
  return { key, text: `unknown key "${key}"; allowed there: ${oneOf(allowed)}` };
}

/**
 * The key as it is called where the other one stands: with the user's own names in place of {@link ANY_NAME}, and with the
 * index in a list. One of another section stays as it is.
 */
function asCalledBeside(known: string, key: string): string {
  const own = key.split('.');
  const parts = known.split('.');
  const isBeside =
    parts.length === own.length &&
    parts.slice(0, -1).every((part, at) => part === ANY_NAME || part === own[at]?.replace(/\[\d+\]$/, ''));
  return isBeside ? [...own.slice(0, -1), ...parts.slice(-1)].join('.') : known;
}

function wrongName(path: readonly PropertyKey[], keys: readonly ConfigKey[]): Problem {
  const allowed = findKey(path.slice(0, -1), keys)?.allowedItem ?? 'another one';
  const key = formatPath(path);
  return { key, text: `${key} has a name that is not allowed; it must be ${allowed}` };
}

function wrongValue(path: readonly PropertyKey[], raw: JsonObject, keys: readonly ConfigKey[]): Problem {
  const key = formatPath(path);
  const known = findKey(path, keys);
  const isItem = typeof path.at(-1) === 'number';
  const allowed = (isItem ? known?.allowedItem : known?.allowed) ?? 'something else';
  const value = valueAt(raw, path);
  if (value === undefined) return { key, text: `${key} is missing; it must be ${allowed}` };
  if (known?.isSecret === true) return { key, text: `${key} (its value is not shown) must be ${allowed}` };
  return { key, text: `${key} is ${show(value)}, but must be ${allowed}` };
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
