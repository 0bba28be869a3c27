import { join, Mismatch, type Read, type Shape } from './shape.ts';

/** Shapes by key. */
export type Fields = Readonly<Record<string, Shape<unknown>>>;

type OptionalKeys<F extends Fields> = {
  [Key in keyof F]: undefined extends Read<F[Key]> ? (unknown extends Read<F[Key]> ? never : Key) : never;
}[keyof F];

/** The object that {@link object} reads. */
export type ObjectOf<F extends Fields> = {
  readonly [Key in Exclude<keyof F, OptionalKeys<F>>]: Read<F[Key]>;
} & { readonly [Key in OptionalKeys<F>]?: Read<F[Key]> };

/** An object with these keys; others are left out. */
export function object<const F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const entries = Object.entries(fields);
  return (value, path) => {
    const source = toRecord(value, path);
    const read: Record<string, unknown> = {};
    for (const [key, shape] of entries) {
      const known = shape(Object.hasOwn(source, key) ? source[key] : undefined, join(path, key));
      if (known !== undefined) read[key] = known;
    }
    return read as ObjectOf<F>;
  };
}

/** One of several objects, told apart by their key `kind`, which is read along. */
export function variants<const V extends Readonly<Record<string, Fields>>>(
  byKind: V,
): Shape<{ [Kind in keyof V]: { readonly kind: Kind } & ObjectOf<V[Kind]> }[keyof V]> {
  const shapes = new Map(Object.entries(byKind).map(([kind, fields]) => [kind, object(fields)]));
  return (value, path) => {
    const kind: unknown = toRecord(value, path)['kind'];
    const shape = typeof kind === 'string' ? shapes.get(kind) : undefined;
    if (shape === undefined)
      throw new Mismatch(join(path, 'kind'), `must be one of ${[...shapes.keys()].join(', ')}`);
    return { kind, ...shape(value, path) } as Read<ReturnType<typeof variants<V>>>;
  };
}

function toRecord(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Mismatch(path, 'must be an object');
  return value as Readonly<Record<string, unknown>>;
}
