import type { z } from 'zod';
import { formatPath, type JsonObject, valueAt } from './dotted.ts';
import { type ConfigKey, listConfigKeys, oneOf } from './keys.ts';
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
  const problems = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((name) => unknownKey(formatPath([...issue.path, name]), keys))
      : [wrongValue(issue.path, raw, keys)],
  );
  return [...new Map(problems.map((problem) => [problem.key, problem])).values()];
}

function unknownKey(key: string, keys: readonly ConfigKey[]): Problem {
  const names = keys.map((known) => known.key);
  const suggestion = suggestKey(key, names);
  if (suggestion !== undefined) {
    return { key, text: `unknown key "${key}"; did you mean "${suggestion}"?` };
  }
  const section = key.slice(0, key.lastIndexOf('.') + 1);
  const siblings = names.filter((name) => name.startsWith(section)).map((name) => name.slice(section.length));
  const allowed = siblings.filter((name) => !/[.$]/.test(name));
  return { key, text: `unknown key "${key}"; allowed there: ${oneOf(allowed)}` };
}

function wrongValue(path: readonly PropertyKey[], raw: JsonObject, keys: readonly ConfigKey[]): Problem {
  const key = formatPath(path);
  const known = keys.findLast((one) => key === one.key || key.startsWith(`${one.key}[`));
  const allowed = (known?.key === key ? known.allowed : known?.allowedItem) ?? 'something else';
  const value = valueAt(raw, path);
  if (value === undefined) return { key, text: `${key} is missing; it must be ${allowed}` };
  if (known?.isSecret === true) return { key, text: `${key} (its value is not shown) must be ${allowed}` };
  return { key, text: `${key} is ${show(value)}, but must be ${allowed}` };
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
