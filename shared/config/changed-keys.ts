import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from './dotted.ts';

/** The dotted keys under which two configurations differ; of a list as a whole, `mail.smtp` where only one of them has it. */
export function changedKeys(before: unknown, after: unknown, prefix = ''): readonly string[] {
  if (!isJsonObject(before) || !isJsonObject(after)) return isDeepStrictEqual(before, after) ? [] : [prefix];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys]
    .sort()
    .flatMap((key) => changedKeys(before[key], after[key], prefix === '' ? key : `${prefix}.${key}`));
}
