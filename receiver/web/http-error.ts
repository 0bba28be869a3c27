import type { ErrorCode } from '../../shared/errors/codes.ts';
import { toUserError } from '../../shared/errors/system-error.ts';

/** A refusal with its HTTP status. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(status: number, code: string, message: string, options: { readonly hint?: string } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = options.hint;
  }
}

/** Errors of the receiver that are not simply wrong requests. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  NODE_UNKNOWN: 404,
  ALERT_UNKNOWN: 404,
  NODE_NAME_TAKEN: 409,
  NOT_RUNNING: 503,
  SYSTEM_REFUSED: 503,
  HELPER_ENDED: 503,
  DISK_FULL: 507,
};

/** What any error says to who asked. What is not for people stays in the receiver's own log. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const known = toUserError(error);
  if (known !== undefined) {
    const { code, message, hint } = known;
    return new HttpError(STATUS[code] ?? 400, code, message, hint === undefined ? {} : { hint });
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) return new HttpError(status, 'BAD_REQUEST', (error as Error).message);
  return new HttpError(500, 'INTERNAL', 'Something went wrong in the receiver; its own log says what.');
}
