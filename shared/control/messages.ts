import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import { describeError, UsageError, UserError } from '../errors/errors.ts';
import { toUserError } from '../errors/system-error.ts';
import { object, variants } from '../shape/object-shape.ts';
import { anything, optional, type Read, text } from '../shape/shape.ts';

/** Longest request, bytes with its newline. */
export const MAX_REQUEST_BYTES = 64 * 1024;

/** Longest single answer, bytes with its newline; what is larger has to be sent as progress, in pieces. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

const REQUEST = object({ command: text({ pattern: /^.{1,100}$/s }), args: anything });

const ANSWER = variants({
  progress: { value: anything },
  result: { value: anything },
  error: { code: text(), message: text(), hint: optional(text()) },
});

/** What a client asks for. */
export type ControlRequest = Read<typeof REQUEST>;

/** What it is told. */
export type ControlAnswer = Read<typeof ANSWER>;

/**
 * Reads the line of a request.
 *
 * @throws UsageError when it is not one
 */
export function decodeRequest(line: string): ControlRequest {
  try {
    return REQUEST(JSON.parse(line), '');
  } catch {
    // The cause would only repeat what was sent.
    throw new UsageError('USAGE', 'not a request: expected {"command": …, "args": …} and a newline');
  }
}

/** The line of a request. */
export function encodeRequest(request: ControlRequest): string {
  return `${JSON.stringify(request)}\n`;
}

/**
 * Reads the line of an answer.
 *
 * @throws Error when it is not one: then something else listens there, or another version
 */
export function decodeAnswer(line: string): ControlAnswer {
  try {
    return ANSWER(JSON.parse(line), '');
  } catch (cause) {
    throw new Error('what came from the control socket is not an answer', { cause });
  }
}

/**
 * The line of an answer.
 *
 * @throws Error when it would be longer than {@link MAX_ANSWER_BYTES}, TypeError when it is not JSON
 */
export function encodeAnswer(answer: ControlAnswer): Buffer {
  const line = Buffer.from(`${JSON.stringify(answer)}\n`);
  if (line.length > MAX_ANSWER_BYTES) {
    throw new Error(`an answer of ${line.length} bytes is too long for one message`);
  }
  return line;
}

/** An error as it crosses the socket: the chain of causes becomes one line. */
export function errorToAnswer(error: unknown): ControlAnswer {
  const known = toUserError(error);
  if (known === undefined) return { kind: 'error', code: 'INTERNAL', message: describeError(error) };
  const { code, hint } = known;
  return { kind: 'error', code, message: describeError(known), ...(hint === undefined ? {} : { hint }) };
}

/** The error that {@link errorToAnswer} was made of, as far as a client needs it. */
export function errorFromAnswer(answer: ControlAnswer & { readonly kind: 'error' }): Error {
  const { code, message, hint } = answer;
  if (!isErrorCode(code)) return new Error(message);
  const isUsage = code === 'USAGE' || code === 'CONFIG_INVALID';
  return isUsage ? new UsageError(code, message, { hint }) : new UserError(code, message, { hint });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
