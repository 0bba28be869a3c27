import { describeError } from '../errors/errors.ts';
import { type LogId, parseLogId } from '../names/log-id.ts';
import { parseNodeName } from '../names/node-name.ts';
import { object, variants } from '../shape/object-shape.ts';
import {
  converted,
  list,
  Mismatch,
  number,
  oneOf,
  optional,
  type Read,
  type Shape,
  text,
  whole,
} from '../shape/shape.ts';
import { MAX_JSON_BYTES } from './protocol.ts';

/** The longest wait that a receiver may ask for, seconds. */
export const MAX_RETRY_AFTER_SECONDS = 86_400;

// Keys that are not known are dropped, not refused: a newer peer may say more (docs/protocol.md, section 2).

/** A file name has eight digits for it. */
const segment = whole({ min: 1, max: 99_999_999 });
const offset = whole({ min: 0 });
const crc = whole({ min: 0, max: 2 ** 32 - 1 });
const seconds = number({ min: 0.01, max: 86_400 });
const nodeName = converted(text({ max: 128 }), parseNodeName);
const logId = converted(text({ max: 36 }), (id): LogId => {
  const parsed = parseLogId(id);
  if (parsed === undefined) throw new Error(`${JSON.stringify(id)} is not the id of a log`);
  return parsed;
});

/** What makes an exchange unlike all others: 16 bytes or more, hex. */
const nonce = text({ pattern: /^[0-9a-f]{32,128}$/ });
const hex32 = text({ pattern: /^[0-9a-f]{64}$/ });
const uuid = text({ pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/ });
/** Names a join code. */
const codeId = text({ pattern: /^[0-9a-f]{16}$/ });
const protocol = whole({ min: 1 });
const version = text({ max: 64 });
/** RFC 3339, for a person. */
const time = text({ max: 40 });

const HELLO = object({
  protocol,
  credential: uuid,
  nonce,
  node: nodeName,
  log: logId,
  host_name: text({ max: 255 }),
  boot_id: text({ pattern: /^[\w-]{1,64}$/ }),
  instance: optional(uuid),
  version,
  sleeptime: seconds,
  oldest: segment,
  open: list(object({ segment, bytes: offset, crc }), { min: 1, max: 500 }),
  lost: optional(
    list(object({ segment, bytes: offset, from: time, to: time, reason: text({ max: 200 }) }), { max: 100 }),
  ),
  can: optional(list(text({ max: 32 }), { max: 100 })),
});

const JOIN = object({
  protocol,
  code: codeId,
  nonce,
  installation: uuid,
  node: nodeName,
  log: optional(logId),
  credential: optional(uuid),
  host_name: text({ max: 255 }),
  version,
});

const CHALLENGE = object({ nonce, rejoin: optional(oneOf(1)) });

const JOINED = object({ node: nodeName, credential: uuid, receiver: text({ max: 64 }), signature: hex32 });

const WELCOME = object({
  protocol,
  signature: optional(hex32),
  receiver: text({ max: 64 }),
  version,
  sleeptime: seconds,
  now: time,
  frame_bytes: optional(whole({ min: 1024 })),
  at: object({ segment, offset, crc, common: optional(object({ bytes: offset, crc })) }),
});

/** What a receiver says to a person may be cut off; a refusal is a refusal all the same. */
const refusalText = converted(text(), (message) => message.slice(0, 1000));
/** Brought into its range; 0 where nothing sensible is said. */
const retryAfterSeconds: Shape<number> = (value) =>
  typeof value === 'number' && value > 0 ? Math.min(value, MAX_RETRY_AFTER_SECONDS) : 0;

const REFUSED = object({
  code: text({ max: 32 }),
  message: refusalText,
  retry_after_s: retryAfterSeconds,
  signature: optional(hex32),
  join: optional(codeId),
});

const CERTIFICATES = { sha256: list(hex32, { min: 1, max: 4 }) };
const DIGEST_SEGMENT = object({ number: segment, bytes: offset, sha256: hex32 });
const UNREADABLE_SEGMENT = object({ number: segment, error: text({ max: 200 }) });

const CONTROL = variants({
  interval: { sleeptime: seconds },
  rename: { node: nodeName },
  certificates: CERTIFICATES,
  certificates_kept: CERTIFICATES,
  differs: { segment },
  lost: { samples: whole({ min: 1 }), since: time, reason: text({ max: 100 }) },
  file_changed: {
    ...{ segment, written: offset, kept: offset },
    ...{ aside: optional(text({ max: 200 })), reason: text({ max: 200 }) },
  },
  lost_end: { segment, bytes: offset, since: time, reason: text({ max: 200 }) },
  digest: { id: whole(), segment, offset, from: optional(segment) },
  digest_result: {
    id: whole(),
    segments: optional(list(DIGEST_SEGMENT, { max: 500 })),
    error: optional(text({ max: 500 })),
    unreadable: optional(list(UNREADABLE_SEGMENT, { max: 100 })),
    lost: optional(list(segment, { max: 500 })),
    dropped: optional(offset),
    next: optional(segment),
  },
  fetch: { id: whole(), segment, offset },
  fetch_result: {
    id: whole(),
    segment: optional(segment),
    size: optional(offset),
    bytes: optional(offset),
    sha256: optional(hex32),
    from: optional(time),
    to: optional(time),
    error: optional(text({ max: 500 })),
  },
});

const GOODBYE = object({ reason: text({ max: 500 }) });

/** What a sender says first. */
export type Hello = Read<typeof HELLO>;
/** What a receiver answers when it takes the sender. */
export type Welcome = Read<typeof WELCOME>;
/** What a sender says first that has no credential yet. */
export type Join = Read<typeof JOIN>;
/** What a receiver answers to HELLO and JOIN. */
export type Challenge = Read<typeof CHALLENGE>;
/** What a receiver answers when it takes a new node. */
export type Joined = Read<typeof JOINED>;
/** What a receiver answers when it does not. */
export type Refused = Read<typeof REFUSED>;
/** A message of either side in between, by `kind`. */
export type Control = Read<typeof CONTROL>;
/** What a sender holds, or why it cannot say. */
export type DigestResult = Extract<Control, { kind: 'digest_result' }>;

/** How a sender begins to send a sealed segment that it was asked for, or why it does not. */
export type FetchResult = Extract<Control, { kind: 'fetch_result' }>;

/** Why a receiver refuses; `docs/protocol.md`, section 5. */
export type RefusalCode =
  | 'version'
  | 'name'
  | 'auth'
  | 'revoked'
  | 'join'
  | 'log'
  | 'limit'
  | 'quota'
  | 'line'
  | 'name_taken'
  | 'superseded'
  | 'twin'
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

function parse<T>(name: string, shape: Shape<T>, payload: Uint8Array): Parsed<T> {
  if (payload.length > MAX_JSON_BYTES)
    return { kind: 'invalid', reason: `${name} has ${payload.length} bytes` };
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8'));
  } catch (error) {
    return { kind: 'invalid', reason: `${name} is not JSON: ${describeError(error)}` };
  }
  try {
    return { kind: 'ok', message: shape(json, '') };
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    return { kind: 'invalid', reason: `${name}: ${error.message}` };
  }
}
