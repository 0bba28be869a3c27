import type { Socket } from 'node:net';
import { UsageError } from '../errors/errors.ts';

const NEWLINE = 0x0a;

/** Limits of {@link readRequestLine}. */
export interface ReadRequestLineOptions {
  /** Longest line, bytes with its newline. */
  readonly maxBytes: number;
  /** Until the whole line is there, ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * The first line that a socket sends, without its newline. What follows in the same packet is dropped. The socket goes
 * on reading.
 *
 * @throws UsageError when the line is too long or too late; the signal's reason when aborted
 */
export async function readRequestLine(socket: Socket, options: ReadRequestLineOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;

  function take(chunk: Buffer): void {
    const end = chunk.indexOf(NEWLINE);
    const part = end === -1 ? chunk : chunk.subarray(0, end);
    chunks.push(part);
    sizeBytes += part.length;
    if (sizeBytes >= options.maxBytes) {
      reject(new UsageError('USAGE', `a request has at most ${options.maxBytes} bytes`));
    } else if (end !== -1) {
      resolve(Buffer.concat(chunks).toString('utf8'));
    }
  }

  const late = () => reject(new UsageError('USAGE', `no whole request within ${options.timeoutMs} ms`));
  const timer = setTimeout(late, options.timeoutMs);
  const abort = () => reject(options.signal.reason);
  options.signal.addEventListener('abort', abort);
  socket.on('data', take);
  try {
    options.signal.throwIfAborted();
    return await promise;
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', abort);
    socket.off('data', take);
  }
}
