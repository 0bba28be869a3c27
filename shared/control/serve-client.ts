import type { Socket } from 'node:net';
import { UsageError, UserError } from '../errors/errors.ts';
import type { Logger } from '../logging/logger.ts';
import { type AnswerSender, createAnswerSender } from './answer-sender.ts';
import {
  type ControlAnswer,
  type ControlRequest,
  decodeRequest,
  encodeAnswer,
  errorToAnswer,
  MAX_REQUEST_BYTES,
} from './messages.ts';
import { readRequestLine } from './read-request-line.ts';

/** How long a client may take to send its request, ms. */
const REQUEST_MS = 5_000;

/** What a handler gets beside its arguments. */
export interface ControlContext {
  /** Aborted when the client goes away or the program stops. */
  readonly signal: AbortSignal;
  /** Sends a part of the answer, any JSON; await it, it waits for a slow reader. Rejects once the client is gone. */
  readonly progress: (value: unknown) => Promise<void>;
}

/** Answers one command. The arguments come from outside: parse them. What it throws is told to the client. */
export type ControlHandler = (args: unknown, context: ControlContext) => Promise<unknown>;

/** Handlers by command. */
export type ControlHandlers = Readonly<Record<string, ControlHandler>>;

/** What serving a client needs. */
export interface ServeClientOptions {
  readonly handlers: ControlHandlers;
  readonly log: Logger;
  /** The program stops. */
  readonly signal: AbortSignal;
}

/** Serves one connection from its request to its last answer. Never rejects. */
export async function serveClient(socket: Socket, options: ServeClientOptions): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort(new Error('the client went away'));
  socket.on('error', leave).on('close', leave).on('end', leave);
  const sender = createAnswerSender(socket, gone.signal);
  const signal = AbortSignal.any([gone.signal, options.signal]);
  try {
    await sender.send(await answer(socket, sender, { ...options, signal }));
    sender.end();
  } catch (err) {
    options.log.debug({ err }, 'control client left');
    socket.destroy();
  }
}

async function answer(
  socket: Socket,
  sender: AnswerSender,
  options: ServeClientOptions,
): Promise<ControlAnswer> {
  const { handlers, log, signal } = options;
  let command: string | undefined;
  try {
    const line = await readRequestLine(socket, {
      maxBytes: MAX_REQUEST_BYTES,
      timeoutMs: REQUEST_MS,
      signal,
    });
    // Reading goes on, or the end of the client would go unnoticed; but there is nothing more to say.
    socket.on('data', () => socket.destroy());
    const request = decodeRequest(line);
    command = request.command;
    return resultOf(await handle(request, handlers, contextOf(sender, signal)));
  } catch (err) {
    if (!(err instanceof UserError) && !signal.aborted) log.error({ err, command }, 'command failed');
    return errorToAnswer(signal.aborted ? signal.reason : err);
  }
}

function contextOf(sender: AnswerSender, signal: AbortSignal): ControlContext {
  return {
    signal,
    async progress(value) {
      signal.throwIfAborted();
      await sender.send({ kind: 'progress', value });
    },
  };
}

function resultOf(value: unknown): ControlAnswer {
  const result: ControlAnswer = { kind: 'result', value: value ?? null };
  // Here and not only when it is sent: what cannot be sent is the handler's failure and has to be told.
  encodeAnswer(result);
  return result;
}

async function handle(
  request: ControlRequest,
  handlers: ControlHandlers,
  context: ControlContext,
): Promise<unknown> {
  const handler = Object.hasOwn(handlers, request.command) ? handlers[request.command] : undefined;
  if (handler === undefined) {
    throw new UsageError(
      'USAGE',
      `the running program does not know the command ${JSON.stringify(request.command)}`,
      {
        hint: 'Is it of an older version? Then restart it.',
      },
    );
  }
  return await handler(request.args, context);
}
