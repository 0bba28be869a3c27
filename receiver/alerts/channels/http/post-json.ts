import type { SendResult } from '../channel.ts';
import { explainAnswer } from './explain-answer.ts';
import { explainNoAnswer } from './explain-no-answer.ts';
import { retryAfterMs } from './retry-after.ts';

/** How long a whole request may take, ms. */
const TIMEOUT_MS = 15_000;

/** Bytes of an answer that are read, for the reason that may stand in it. */
const MAX_ANSWER_BYTES = 4_096;

/** Redirects that are followed, on the same server. */
const MAX_REDIRECTS = 3;

/** A request. */
export interface JsonRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** JSON. */
  readonly body: string;
  readonly signal: AbortSignal;
  /** Default 15 s. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Posts JSON: `sent` when the other side answered with 2xx. A redirect is followed on the same server only: the body and the
 * headers hold what no other may see. Neither path nor query of the address, which may hold a secret, gets into an error.
 */
export async function postJson(request: JsonRequest): Promise<SendResult> {
  const { signal, timeoutMs = TIMEOUT_MS } = request;
  const tooLong = AbortSignal.timeout(timeoutMs);
  let url = new URL(request.url);
  try {
    for (let redirects = 0; ; redirects += 1) {
      const answer = await post(url, request, AbortSignal.any([signal, tooLong]));
      const next = redirects < MAX_REDIRECTS ? redirectOf(answer, url) : undefined;
      if (next === undefined) return await resultOf(answer, url);
      await answer.body?.cancel();
      url = next;
    }
  } catch (error) {
    signal.throwIfAborted();
    return explainNoAnswer(error, url, timeoutMs);
  }
}

function post(url: URL, { headers, body }: JsonRequest, signal: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'fleetkeep', ...headers },
    body,
    redirect: 'manual',
    signal,
  });
}

/** Where the same request is to be made again; others (301 to 303) would make a GET of it. */
function redirectOf(answer: Response, from: URL): URL | undefined {
  const location = answer.headers.get('location');
  if (![307, 308].includes(answer.status) || location === null || !URL.canParse(location, from.href))
    return undefined;
  const next = new URL(location, from);
  return next.origin === from.origin ? next : undefined;
}

async function resultOf(answer: Response, url: URL): Promise<SendResult> {
  const isTaken = answer.ok;
  if (isTaken) {
    await answer.body?.cancel();
    return { kind: 'sent' };
  }
  const body = await readSome(answer);
  const result = explainAnswer(answer.status, body, url, answer.headers.get('location'));
  if (result.kind === 'refused') return result;
  return { ...result, afterMs: retryAfterMs(answer.headers, body, Date.now()) };
}

async function readSome(answer: Response): Promise<string> {
  if (answer.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}
