import { z } from 'zod';
import { describeError } from '../errors/errors.ts';
import { type LogId, parseLogId } from '../names/log-id.ts';
import { type NodeName, parseNodeName } from '../names/node-name.ts';
import { MAX_JSON_BYTES } from './protocol.ts';

// Keys that are not known are dropped, not refused: a newer peer may say more (docs/protocol.md, section 2).

const segment = z
  .int()
  .min(1)
  .max(2 ** 32 - 1);
const offset = z.int().min(0);
const crc = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const seconds = z.number().min(0.01).max(86_400);
const text = (length: number) => z.string().max(length);

const nodeName = text(128).transform((name, context): NodeName => {
  try {
    return parseNodeName(name);
  } catch (error) {
    context.addIssue(describeError(error));
    return z.NEVER;
  }
});

const logId = text(36).transform((id, context): LogId => {
  const parsed = parseLogId(id);
  if (parsed === undefined) context.addIssue(`${JSON.stringify(id)} is not the id of a log`);
  return parsed ?? z.NEVER;
});

/** What makes an exchange unlike all others: 16 bytes or more, hex. */
const nonce = z.string().regex(/^[0-9a-f]{32,128}$/);
const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const uuid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const HELLO = z.object({
  protocol: z.int().min(1),
  credential: uuid,
  nonce,
  node: nodeName,
  log: logId,
  host_name: text(255),
  boot_id: z.string().regex(/^[\w-]{1,64}$/),
  version: text(64),
  sleeptime: seconds,
  oldest: segment,
  open: z
    .array(z.object({ segment, bytes: offset, crc }))
    .min(1)
    .max(500),
});

const JOIN = z.object({
  protocol: z.int().min(1),
  code: z.string().regex(/^[0-9a-f]{16}$/),
  nonce,
  installation: uuid,
  node: nodeName,
  log: logId.optional(),
  host_name: text(255),
  version: text(64),
});

const CHALLENGE = z.object({ nonce });

const JOINED = z.object({
  node: nodeName,
  credential: uuid,
  receiver: text(64),
  signature: hex32,
});

const WELCOME = z.object({
  protocol: z.int().min(1),
  signature: hex32.optional(),
  receiver: text(64),
  version: text(64),
  sleeptime: seconds,
  now: text(40),
  at: z.object({ segment, offset, crc }),
});

const REFUSED = z.object({
  code: text(32),
  message: text(1000),
  retry_after_s: z.number().min(0).max(86_400),
});

const DIGEST_SEGMENT = z.object({
  number: segment,
  bytes: offset,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const CONTROL = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('interval'), sleeptime: seconds }),
  z.object({ kind: z.literal('rename'), node: nodeName }),
  z.object({ kind: z.literal('certificates'), sha256: z.array(hex32).min(1).max(4) }),
  z.object({ kind: z.literal('certificates_kept'), sha256: z.array(hex32).min(1).max(4) }),
  z.object({ kind: z.literal('differs'), segment }),
  z.object({ kind: z.literal('lost'), samples: z.int().min(1), since: text(40), reason: text(100) }),
  z.object({ kind: z.literal('digest'), id: z.int(), segment, offset }),
  z.object({
    kind: z.literal('digest_result'),
    id: z.int(),
    segments: z.array(DIGEST_SEGMENT).max(500).optional(),
    error: text(500).optional(),
  }),
]);

const GOODBYE = z.object({ reason: text(500) });

/** What a sender says first. */
export type Hello = z.infer<typeof HELLO>;
/** What a receiver answers when it takes the sender. */
export type Welcome = z.infer<typeof WELCOME>;
/** What a sender says first that has no credential yet. */
export type Join = z.infer<typeof JOIN>;
/** What a receiver answers to HELLO and JOIN. */
export type Challenge = z.infer<typeof CHALLENGE>;
/** What a receiver answers when it takes a new node. */
export type Joined = z.infer<typeof JOINED>;
/** What a receiver answers when it does not. */
export type Refused = z.infer<typeof REFUSED>;
/** A message of either side in between, by `kind`. */
export type Control = z.infer<typeof CONTROL>;
/** What a sender holds, or why it cannot say. */
export type DigestResult = Extract<Control, { kind: 'digest_result' }>;

/** Why a receiver refuses; `docs/protocol.md`, section 5. */
export type RefusalCode =
  | 'version'
  | 'name'
  | 'auth'
  | 'revoked'
  | 'join'
  | 'limit'
  | 'quota'
  | 'line'
  | 'name_taken'
  | 'superseded'
  | 'protocol'
  | 'position'
  | 'storage'
  | 'stopping';

/** A message that was parsed, or what is wrong with it in plain words. */
export type Parsed<T> =
  | { readonly kind: 'ok'; readonly message: T }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Reads the payload of HELLO. */
export function parseHello(payload: Uint8Array): Parsed<Hello> {
  return parse('HELLO', HELLO, payload);
}

/** Reads the payload of JOIN. */
export function parseJoin(payload: Uint8Array): Parsed<Join> {
  return parse('JOIN', JOIN, payload);
}

/** Reads the payload of CHALLENGE. */
export function parseChallenge(payload: Uint8Array): Parsed<Challenge> {
  return parse('CHALLENGE', CHALLENGE, payload);
}

/** Reads the payload of JOINED. */
export function parseJoined(payload: Uint8Array): Parsed<Joined> {
  return parse('JOINED', JOINED, payload);
}

/** Reads the payload of WELCOME. */
export function parseWelcome(payload: Uint8Array): Parsed<Welcome> {
  return parse('WELCOME', WELCOME, payload);
}

/** Reads the payload of REFUSED. */
export function parseRefused(payload: Uint8Array): Parsed<Refused> {
  return parse('REFUSED', REFUSED, payload);
}

/** Reads the payload of CONTROL; undefined when it is none that is known here, which is to be ignored. */
export function parseControl(payload: Uint8Array): Control | undefined {
  const parsed = parse('CONTROL', CONTROL, payload);
  return parsed.kind === 'ok' ? parsed.message : undefined;
}

/** Reads the reason out of GOODBYE; empty when it says none. */
export function parseGoodbye(payload: Uint8Array): string {
  const parsed = parse('GOODBYE', GOODBYE, payload);
  return parsed.kind === 'ok' ? parsed.message.reason : '';
}

function parse<T>(name: string, schema: z.ZodType<T>, payload: Uint8Array): Parsed<T> {
  if (payload.length > MAX_JSON_BYTES)
    return { kind: 'invalid', reason: `${name} has ${payload.length} bytes` };
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8'));
  } catch (error) {
    return { kind: 'invalid', reason: `${name} is not JSON: ${describeError(error)}` };
  }
  const result = schema.safeParse(json);
  if (result.success) return { kind: 'ok', message: result.data };
  const issue = result.error.issues[0];
  return { kind: 'invalid', reason: `${name}: ${issue?.path.join('.')}: ${issue?.message}` };
}
