/** An object as JSON gives it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object with keys: no list, not null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a path of keys and list indexes; undefined where there is none. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((below, key) => {
    if (typeof below !== 'object' || below === null || !Object.hasOwn(below, key)) return undefined;
    return (below as Record<PropertyKey, unknown>)[key];
  }, value);
}

/**
 * The object with one value more, under a dotted key. Where something other than an object stands in the way it is left
 * alone, so that the check of the schema can name it.
 */
export function withValue(object: JsonObject, key: string, value: unknown): JsonObject {
  const [head = '', ...tail] = key.split('.');
  if (tail.length === 0) return { ...object, [head]: value };
  const below = object[head] ?? {};
  if (!isJsonObject(below)) return object;
  return { ...object, [head]: withValue(below, tail.join('.'), value) };
}

/** Writes a path as people read it: `sender.receivers[0]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
