import { signal } from '@preact/signals';

/** What the receiver said instead of doing what it was asked. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(status: number, code: string, message: string, hint?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** Counts the answers that said that nobody is signed in; the session looks again when it changes. */
export const refusals = signal(0);

/** Proof that a request comes from these pages; the session brings it. */
export const csrf = signal('');

/**
 * Asks the receiver.
 *
 * @param path below `/api`, such as `/fleet?points=60`
 * @throws {@link ApiError} when it refuses or cannot be reached
 */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await request('GET', path, undefined, signal)) as T;
}

/**
 * Has the receiver do something.
 *
 * @throws {@link ApiError} when it refuses or cannot be reached
 */
export async function send<T = undefined>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<T> {
  return (await request(method, path, body, undefined)) as T;
}

async function request(
  method: string,
  path: string,
  body: object | undefined,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const response = await reach(method, path, body, signal);
  const text = await response.text();
  if (response.ok) return text === '' ? undefined : JSON.parse(text);
  if (response.status === 401) refusals.value++;
  throw readError(response.status, text);
}

async function reach(
  method: string,
  path: string,
  body: object | undefined,
  signal: AbortSignal | undefined,
): Promise<Response> {
  try {
    return await fetch(`/api${path}`, {
      method,
      headers: {
        ...(method !== 'GET' && { 'x-fleetkeep-csrf': csrf.peek() }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(
      0,
      'UNREACHABLE',
      'The receiver does not answer.',
      'Does it run? Is the network there?',
    );
  }
}

function readError(status: number, text: string): ApiError {
  try {
    const { error } = JSON.parse(text) as { error: { code: string; message: string; hint?: string } };
    return new ApiError(status, error.code, error.message, error.hint);
  } catch {
    return new ApiError(status, 'UNKNOWN', `The receiver answered with status ${status}.`);
  }
}
