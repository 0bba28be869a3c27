import { addAbortListener } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { errnoOf, UserError } from '../errors/errors.ts';
import { type ControlAddress, openControlAddress } from './control-address.ts';
import type { ProgramName } from './lock-owner.ts';
import { decodeAnswer, encodeRequest, errorFromAnswer, MAX_ANSWER_BYTES } from './messages.ts';
import { splitLines } from './split-lines.ts';

/** Options of {@link requestControl}. */
export interface RequestControlOptions {
  /** The data directory of the program. */
  readonly directory: string;
  readonly name: ProgramName;
  readonly command: string;
  /** Any JSON, together with the command at most 64 KiB. */
  readonly args?: unknown;
  /** Gets each part of the answer; while it works, no more is read. */
  readonly onProgress?: ((value: unknown) => void | Promise<void>) | undefined;
  /** How long the program may say nothing, ms. Default 30 s; `Infinity` waits for ever. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks the program that runs in a data directory; resolves with its result, which the caller has to parse.
 *
 * @throws UserError `NOT_RUNNING` when nobody is there, or it ended or fell silent before it answered; whatever the
 * program's handler threw; the signal's reason when aborted
 */
export async function requestControl(options: RequestControlOptions): Promise<unknown> {
  options.signal?.throwIfAborted();
  using address = openAddress(options);
  const socket = createConnection(address.path);
  using _listener =
    options.signal === undefined ? undefined : addAbortListener(options.signal, () => socket.destroy());
  try {
    socket.write(encodeRequest({ command: options.command, args: options.args ?? {} }));
    return await readResult(socket, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw explain(error, options);
  } finally {
    socket.destroy();
  }
}

function openAddress(options: RequestControlOptions): ControlAddress {
  try {
    return openControlAddress(options.directory);
  } catch (error) {
    throw explain(error, options);
  }
}

async function readResult(socket: Socket, options: RequestControlOptions): Promise<unknown> {
  const silence = watchSilence(socket, options);
  try {
    for await (const line of splitLines(socket, MAX_ANSWER_BYTES)) {
      silence.stop();
      const answer = decodeAnswer(line);
      switch (answer.kind) {
        case 'progress':
          await options.onProgress?.(answer.value);
          break;
        case 'result':
          return answer.value;
        case 'error':
          throw errorFromAnswer(answer);
        default:
          answer satisfies never;
      }
      silence.restart();
    }
  } finally {
    silence.stop();
  }
  throw endedEarly(options);
}

/** Ends the socket when the program says nothing for too long; the time in which *we* are slow does not count. */
function watchSilence(socket: Socket, options: RequestControlOptions): { restart(): void; stop(): void } {
  const timeoutMs = options.timeoutMs ?? 30_000;
  let timer: NodeJS.Timeout | undefined;
  function stop(): void {
    clearTimeout(timer);
  }
  function restart(): void {
    stop();
    if (timeoutMs === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(() => socket.destroy(fellSilent(options, timeoutMs)), timeoutMs);
  }
  restart();
  return { restart, stop };
}

function explain(error: unknown, options: RequestControlOptions): unknown {
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ECONNREFUSED':
      return new UserError('NOT_RUNNING', `no fleetkeep-${options.name} runs in ${options.directory}`, {
        hint: `Start it with \`fleetkeep-${options.name} start\`, or name its configuration with --config.`,
      });
    case 'EACCES':
      return new UserError(
        'DIRECTORY_UNUSABLE',
        `may not talk to the fleetkeep-${options.name} that runs in ${options.directory}`,
        { cause: error, hint: 'Run the command as the user that runs the program.' },
      );
    case 'EPIPE':
    case 'ECONNRESET':
      return endedEarly(options);
    default:
      return error;
  }
}

function endedEarly(options: RequestControlOptions): UserError {
  return new UserError(
    'NOT_RUNNING',
    `the fleetkeep-${options.name} in ${options.directory} ended before it had answered \`${options.command}\``,
    { hint: 'Its log says why.' },
  );
}

function fellSilent(options: RequestControlOptions, timeoutMs: number): UserError {
  return new UserError(
    'NOT_RUNNING',
    `the fleetkeep-${options.name} in ${options.directory} said nothing for ${timeoutMs / 1000} s`,
    { hint: 'It is there but busy or stopped; its log may say why.' },
  );
}
