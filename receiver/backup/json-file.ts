import { readJson } from 'fs-extra/esm';
import { describeError, errnoOf } from '../../shared/errors/errors.ts';

/** What came of reading a small JSON file of ours. */
export type JsonFile =
  | { readonly kind: 'missing' }
  /** It is there and says nothing sensible, or the disk does not give it back. */
  | { readonly kind: 'unreadable'; readonly detail: string }
  | { readonly kind: 'read'; readonly value: { readonly [key: string]: unknown } };

/** Reads a JSON object. Whether a missing or damaged one is a failure, the caller decides. */
export async function readJsonFile(path: string): Promise<JsonFile> {
  try {
    const value: unknown = await readJson(path);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { kind: 'unreadable', detail: `${path} holds no JSON object` };
    }
    return { kind: 'read', value: value as { readonly [key: string]: unknown } };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { kind: 'missing' };
    return { kind: 'unreadable', detail: `${path}: ${describeError(error)}` };
  }
}
