import { createRequire } from 'node:module';
import { z } from 'zod';
import { parseJoinCode } from '../auth/join-code.ts';
import { UserError } from '../errors/errors.ts';
import { expandHome } from '../files/expand-home.ts';
import { parseNodeName } from '../names/node-name.ts';
import { formatByteSize, parseByteSize, SIZE_PATTERN } from './byte-size.ts';
import { parseHost, parseHostPort } from './host-port.ts';
import { parseMailAddress, parseMailAddresses } from './mail-addresses.ts';

const require = createRequire(import.meta.url);

/**
 * What a value or a key says of itself beside its type and description. From it come the reference, the messages of
 * errors and the handling of paths and secrets; editors never see it.
 */
export interface ValueMeta {
  /** What a number counts: «a number of … from 1 to 5». */
  readonly unit?: string;
  /** What is allowed, where its JSON Schema cannot say it. */
  readonly allowed?: string;
  /** What the default is, where it is not one fixed value. */
  readonly defaultText?: string;
  /** A path; a relative one begins at the directory of config.json, or at the working directory when given by a flag. */
  readonly isPath?: boolean;
  /** Never shown in a message. */
  readonly isSecret?: boolean;
}

declare module 'zod' {
  interface GlobalMeta extends ValueMeta {}
}

/** A number of seconds, fractions allowed. */
export function seconds(min: number, max: number) {
  return z.number().min(min).max(max).meta({ unit: 'seconds' });
}

/** A number of bytes, or text such as `64 MiB`; gives the number. */
export function size(minBytes: number, maxBytes: number) {
  const inRange = (bytes: number | undefined) =>
    bytes !== undefined && bytes >= minBytes && bytes <= maxBytes ? bytes : undefined;
  return z
    .union([z.int().min(minBytes).max(maxBytes), z.string().regex(SIZE_PATTERN)])
    .transform(parsedBy((value) => inRange(typeof value === 'number' ? value : parseByteSize(value))))
    .meta({
      allowed: `${formatByteSize(minBytes)} to ${formatByteSize(maxBytes)}, as a number of bytes or text such as "64 MiB"`,
    });
}

/** A host name or address; gives it without brackets. */
export const host = z
  .string()
  .transform(parsedBy(parseHost))
  .meta({ allowed: 'a host name or address without port, such as "receiver.lan", "192.168.1.10" or "::1"' });

/** What a program calls itself to a mail server (RFC 5321, section 4.1.3 for what stands in brackets). */
export const ehloName = z
  .string()
  .regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[(?:IPv6:)?[0-9A-Fa-f.:]{2,45}\])$/)
  .meta({
    allowed: 'a host name, such as "fleet.example.org", or an address in brackets, such as "[192.0.2.7]"',
  });

/** Receivers to try in turn; gives host and port, the port undefined where none is named. */
export const receiverList = z
  .array(
    z.string().transform(parsedBy(parseHostPort)).meta({ allowed: '"host", "host:port" or "[IPv6]:port"' }),
  )
  .min(1);

/** A join code, as text. */
export const joinCode = z
  .string()
  .refine((text) => parseJoinCode(text) !== undefined)
  .meta({ allowed: 'a join code, whole, as fleetkeep-receiver join-code prints it' });

/** One mail address. */
export const mailAddress = z
  .string()
  .transform(parsedBy(parseMailAddress))
  .meta({ allowed: 'a mail address, such as "ann@example.org" or "Ann <ann@example.org>"' });

/** Mail addresses separated by commas; gives a list. */
export const mailAddresses = z.string().transform(parsedBy(parseMailAddresses)).meta({
  allowed: 'one or more mail addresses separated by commas, such as "ann@example.org, bob@example.org"',
});

/** Loaded when there is something to check: a sender as a rule has no schedule, and memory is dear on a node. */
function isCronExpression(text: string): boolean {
  return (require('node-cron') as typeof import('node-cron')).validate(text);
}

const CRON_NICKNAME = /^@(?:hourly|daily|midnight|weekly|monthly|yearly|annually)$/i;

/** When something is due: a short form, or five fields, since nothing here is worth doing more often than once a minute. */
export const cronExpression = z
  .string()
  .refine(
    (text) =>
      CRON_NICKNAME.test(text.trim()) || (text.trim().split(/\s+/).length === 5 && isCronExpression(text)),
  )
  .meta({
    allowed:
      'a cron expression of five fields (minute, hour, day, month, weekday), such as "0 * * * *", or "@daily"',
  });

/** The name of a node; `node-7` is taken for `7`. */
export const nodeName = z
  .string()
  .transform(parsedBy(nodeNameOf))
  .meta({ allowed: '1 to 63 of a-z, 0-9 and -, not beginning with -' });

/** A `~` of another user is refused rather than taken for a directory of that name: `./~ann` is one. */
const path = z
  .string()
  .refine((text) => text.trim() !== '' && !text.includes('\0') && !/^~[^/]/.test(text))
  .transform(expandHome);

/** The path of a directory. */
export const directory = path.meta({
  allowed: 'the path of a directory',
  isPath: true,
});

/** The path of a file. */
export const file = path.meta({
  allowed: 'the path of a file',
  isPath: true,
});

function nodeNameOf(text: string) {
  try {
    return parseNodeName(text);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Makes a transform of a parser that answers undefined to what it does not take. */
function parsedBy<In, Out>(parse: (value: In) => Out | undefined) {
  return (value: In, context: z.RefinementCtx): Out => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', input: value });
    return z.NEVER;
  };
}
