import { z } from 'zod';
import { configSchema } from './schema.ts';
import type { ValueMeta } from './values.ts';

/** Stands in a key for a name that the user chooses. */
export const ANY_NAME = 'NAME';

/** A key of config.json as people are told of it. */
export interface ConfigKey {
  /** Its dotted name, such as `mail.smtp.port`; {@link ANY_NAME} stands for a name that the user chooses. */
  readonly key: string;
  /** Whether it is an object that holds further keys. */
  readonly isSection: boolean;
  /** What it means. */
  readonly description: string;
  /** What may stand there, in words that follow «must be». */
  readonly allowed: string;
  /** The same for each item, where it is a list; for each name, where names are the user's own. */
  readonly allowedItem: string | undefined;
  /** What holds without it, in Markdown; undefined where it must be given. */
  readonly defaultText: string | undefined;
  readonly isPath: boolean;
  /** Whether it is a secret or holds one. */
  readonly isSecret: boolean;
}

/** The part of a JSON Schema that ours consists of. */
interface JsonSchema extends ValueMeta {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** What stands under names that the user chooses. */
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
}

/** Lists every key, sections before what they hold, in the order of the schema. */
export function listConfigKeys(): readonly ConfigKey[] {
  // `z.record` has a type of its own for the names, so the cast leads by unknown.
  return keysOf(z.toJSONSchema(configSchema, { io: 'input' }) as unknown as JsonSchema, '');
}

function keysOf(section: JsonSchema, prefix: string): readonly ConfigKey[] {
  return Object.entries(propertiesOf(section)).flatMap(([name, schema]) => {
    const below = keysOf(schema, `${prefix}${name}.`);
    const key: ConfigKey = {
      key: `${prefix}${name}`,
      isSection: below.length > 0,
      description: schema.description ?? '',
      allowed: schema.allowed ?? allowedBy(schema),
      allowedItem: allowedItemOf(schema),
      defaultText: schema.defaultText ?? fixedDefault(schema),
      isPath: schema.isPath ?? false,
      isSecret: schema.isSecret ?? below.some(({ isSecret }) => isSecret),
    };
    return [key, ...below];
  });
}

/** Of an object; of one that may also be a list of such; or of those that stand under names of the user. */
function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  if (schema.properties !== undefined) return schema.properties;
  const { additionalProperties: named, anyOf } = schema;
  if (typeof named === 'object') return { [ANY_NAME]: named };
  return anyOf?.find((one) => one.properties !== undefined)?.properties ?? {};
}

/** Finds what is known of a place in config.json; indexes of lists do not count. */
export function findKey(path: readonly PropertyKey[], keys: readonly ConfigKey[]): ConfigKey | undefined {
  const wanted = path.filter((part) => typeof part !== 'number').map(String);
  return keys.find(({ key }) => {
    const parts = key.split('.');
    return (
      parts.length === wanted.length && parts.every((part, at) => part === ANY_NAME || part === wanted[at])
    );
  });
}

function allowedItemOf({ items, propertyNames }: JsonSchema): string | undefined {
  const item = items ?? propertyNames;
  return item && (item.allowed ?? allowedBy(item));
}

function fixedDefault({ default: value }: JsonSchema): string | undefined {
  return value === undefined ? undefined : `\`${JSON.stringify(value)}\``;
}

function allowedBy(schema: JsonSchema): string {
  if (typeof schema.additionalProperties === 'object') return 'an object with names of your own';
  if (schema.anyOf !== undefined) return oneOf(schema.anyOf.map((one) => one.allowed ?? allowedBy(one)));
  if (schema.enum !== undefined) return oneOf(schema.enum.map((value) => JSON.stringify(value)));
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const number = schema.type === 'integer' ? 'a whole number' : 'a number';
      const unit = schema.unit === undefined ? '' : ` of ${schema.unit}`;
      return `${number}${unit} from ${schema.minimum} to ${schema.maximum}`;
    }
    case 'array':
      return `a list of one or more, each ${schema.items?.allowed ?? allowedBy(schema.items ?? {})}`;
    case 'boolean':
      return 'true or false';
    case 'object':
      return `an object with ${oneOf(Object.keys(schema.properties ?? {}))}`;
    default:
      return 'text in quotes, not empty';
  }
}

/** Lists in words: `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
