import type { Socket } from 'node:net';
import { describeError } from '../../shared/errors/errors.ts';
import { LogCursor } from '../../shared/log/log-cursor.ts';
import type { Position } from '../../shared/log/position.ts';
import { createFrameDecoder, type Frame } from '../../shared/protocol/decoder.ts';
import { encodeFrame, encodeHeader, encodeJsonFrame } from '../../shared/protocol/encoder.ts';
import {
  type Control,
  parseControl,
  parseGoodbye,
  parseRefused,
  parseWelcome,
} from '../../shared/protocol/messages.ts';
import { FRAME_TYPES, PING_AFTER_MS, SILENCE_MS, WINDOW_BYTES } from '../../shared/protocol/protocol.ts';
import { SilenceWatch } from '../../shared/protocol/silence.ts';
import { Wake } from '../../shared/time/wake.ts';
import { answerDigest } from './digest.ts';
import { decideResume, type ReceiverEnd } from './resume.ts';
import type { SessionEnd, SessionPorts } from './session-ports.ts';
import { Window } from './window.ts';

/** Most bytes of the log in one DATA frame. */
const DATA_BYTES = 128 * 1024;
const TICK_MS = 1000;
/** How long a stop waits for the last acknowledgements, ms. */
const STOP_MS = 2000;

/**
 * One connection to a receiver, from HELLO to the end: agrees where to go on, heals, sends what comes next in the log, within
 * the window and as fast as the socket takes it.
 */
export class Session {
  readonly #socket: Socket;
  readonly #ports: SessionPorts;
  readonly #decoder = createFrameDecoder();
  readonly #ended = Promise.withResolvers<SessionEnd>();
  readonly #news = new Wake();
  readonly #window = new Window();
  readonly #abort = new AbortController();
  /** Frames are handled one after the other, also those that take time. */
  #queue: Promise<void> = Promise.resolve();
  #cursor: LogCursor | undefined;
  #at: ReceiverEnd | undefined;
  readonly #healed = new Set<number>();
  #acknowledged: Position | undefined;
  #isEnded = false;
  #isStopping = false;
  readonly #silence: SilenceWatch;

  constructor(socket: Socket, ports: SessionPorts) {
    this.#socket = socket;
    this.#ports = ports;
    this.#silence = new SilenceWatch({ askMs: PING_AFTER_MS, lostMs: SILENCE_MS }, ports.monotonic());
  }

  /** Up to where the receiver has the log durably; undefined before WELCOME. */
  get acknowledged(): Position | undefined {
    return this.#acknowledged;
  }

  /** Runs the session on a connected socket to its end. */
  async run(): Promise<SessionEnd> {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('drain', () => this.#news.wake());
    socket.on('error', (error) => this.#end({ kind: 'lost', reason: describeError(error) }));
    socket.on('close', () => this.#end({ kind: 'lost', reason: 'the receiver closed the connection' }));
    const unsubscribe = this.#ports.writer.subscribe(() => this.#news.wake());
    const timer = setInterval(() => this.#tick(), TICK_MS);
    this.#send(encodeJsonFrame(FRAME_TYPES.HELLO, this.#ports.hello));
    const sending = this.#sendLog().catch((error: unknown) => {
      this.#end({ kind: 'lost', reason: describeError(error) });
    });
    const end = await this.#ended.promise;
    clearInterval(timer);
    unsubscribe();
    socket.destroy();
    await sending;
    await this.#queue;
    await this.#cursor?.[Symbol.asyncDispose]();
    return end;
  }

  /** Sends the newest sample past the backlog. */
  sendLive(line: string): void {
    if (this.#cursor !== undefined) this.#send(encodeFrame(FRAME_TYPES.LIVE, 0, 0, Buffer.from(line)));
  }

  /** Tells the receiver something. */
  sendControl(message: Control): void {
    if (this.#cursor !== undefined) this.#send(encodeJsonFrame(FRAME_TYPES.CONTROL, message));
  }

  /** Ends the session: what is in the log now is sent and acknowledged first, if that does not take long. */
  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const timer = setTimeout(() => this.#sayGoodbye(), STOP_MS);
    void this.#ended.promise.then(() => clearTimeout(timer));
    if (this.#cursor === undefined) this.#sayGoodbye();
    this.#news.wake();
  }

  #take(chunk: Buffer): void {
    this.#silence.heard(this.#ports.monotonic());
    const result = this.#decoder.push(chunk, (frame) => this.#handle(frame));
    if (result.kind === 'broken')
      this.#end({ kind: 'lost', reason: `the receiver sent no frame: ${result.reason}` });
  }

  #handle({ type, segment, offset, payload }: Frame): void {
    switch (type) {
      case FRAME_TYPES.ACK:
        this.#acknowledge({ segment, offset });
        return;
      case FRAME_TYPES.WELCOME:
        this.#inTurn(() => this.#welcome(payload));
        return;
      case FRAME_TYPES.HEAL:
        this.#inTurn(() => this.#heal(segment, offset, payload));
        return;
      case FRAME_TYPES.REFUSED:
        this.#refused(payload);
        return;
      case FRAME_TYPES.CONTROL:
        this.#obey(parseControl(payload));
        return;
      case FRAME_TYPES.PING:
        this.#send(encodeFrame(FRAME_TYPES.PONG));
        return;
      case FRAME_TYPES.PONG:
        return;
      case FRAME_TYPES.GOODBYE:
        this.#end({ kind: 'lost', reason: `the receiver said goodbye: ${parseGoodbye(payload)}` });
        return;
      default:
        this.#end({ kind: 'lost', reason: `a receiver may not send a frame of type ${type}` });
    }
  }

  #inTurn(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      this.#end({ kind: 'lost', reason: describeError(error) });
    });
  }

  async #welcome(payload: Buffer): Promise<void> {
    const parsed = parseWelcome(payload);
    if (parsed.kind === 'invalid') return this.#end({ kind: 'lost', reason: parsed.reason });
    this.#ports.onWelcome();
    this.#ports.onInterval(parsed.message.sleeptime);
    this.#at = parsed.message.at;
    await this.#cursor?.[Symbol.asyncDispose]();
    this.#cursor = undefined;
    await this.#resume(this.#at);
  }

  async #resume(at: ReceiverEnd): Promise<void> {
    const { writer } = this.#ports;
    const resume = await decideResume(writer, at, this.#healed);
    switch (resume.kind) {
      case 'send':
        this.#window.reset();
        this.#acknowledge(resume.from);
        this.#cursor = new LogCursor(writer, resume.from, DATA_BYTES);
        this.#news.wake();
        return;
      case 'differs':
        this.#send(encodeJsonFrame(FRAME_TYPES.CONTROL, { kind: 'differs', segment: resume.segment }));
        return;
      case 'heal':
        this.#send(encodeFrame(FRAME_TYPES.HEAL, resume.segment, resume.offset));
        return;
      case 'interrupt':
        await writer.interruptSegment(Date.now());
        this.#end({ kind: 'again' });
        return;
      case 'new_log':
        this.#end({ kind: 'new_log' });
        return;
      default:
        resume satisfies never;
    }
  }

  async #heal(segment: number, offset: number, payload: Buffer): Promise<void> {
    if (payload.length > 0) return await this.#ports.writer.heal(segment, offset, payload);
    this.#healed.add(segment);
    if (this.#at !== undefined) await this.#resume(this.#at);
  }

  #refused(payload: Buffer): void {
    const parsed = parseRefused(payload);
    if (parsed.kind === 'ok') this.#end({ kind: 'refused', refusal: parsed.message });
    else this.#end({ kind: 'lost', reason: parsed.reason });
  }

  #obey(control: Control | undefined): void {
    if (control?.kind === 'interval') this.#ports.onInterval(control.sleeptime);
    if (control?.kind !== 'digest') return;
    const { id, segment, offset } = control;
    void answerDigest(this.#ports.writer, { segment, offset }, this.#abort.signal).then((answer) => {
      this.sendControl({ kind: 'digest_result', id, ...answer });
    });
  }

  #acknowledge(position: Position): void {
    this.#acknowledged = position;
    this.#window.acknowledge(position);
    this.#ports.onAcknowledged(position);
    this.#news.wake();
  }

  /** Sends the log from the cursor on, for as long as the session lasts. */
  async #sendLog(): Promise<void> {
    while (!this.#isEnded) {
      const isMore = this.#mayWrite() && (await this.#sendNext(this.#cursor));
      if (isMore || this.#isEnded) continue;
      if (this.#isStopping && this.#window.inFlightBytes === 0) this.#sayGoodbye();
      else await this.#news.sleep();
    }
  }

  #mayWrite(): boolean {
    return this.#window.inFlightBytes < WINDOW_BYTES && !this.#socket.writableNeedDrain;
  }

  /** Sends what comes next; `false` when there is nothing at present. */
  async #sendNext(cursor: LogCursor | undefined): Promise<boolean> {
    if (cursor === undefined) return false;
    const step = await cursor.next();
    // A WELCOME may have come meanwhile that puts another cursor in this one's place.
    if (cursor !== this.#cursor) return true;
    switch (step.kind) {
      case 'bytes':
        this.#sendData(step.segment, step.offset, step.bytes);
        return true;
      case 'sealed': {
        const { number, bytes, sha256 } = step.record;
        this.#send(encodeFrame(FRAME_TYPES.SEAL, number, bytes, Buffer.from(sha256, 'hex')));
        return true;
      }
      case 'end':
        return false;
      default:
        return step satisfies never;
    }
  }

  #sendData(segment: number, offset: number, bytes: Buffer): void {
    this.#socket.cork();
    this.#send(encodeHeader(FRAME_TYPES.DATA, segment, offset, bytes));
    this.#send(bytes);
    this.#socket.uncork();
    this.#window.send({ segment, offset: offset + bytes.length }, bytes.length);
  }

  #tick(): void {
    const nowMs = this.#ports.monotonic();
    const verdict = this.#silence.check(nowMs);
    if (verdict === 'ask') this.#send(encodeFrame(FRAME_TYPES.PING));
    if (verdict !== 'lost') return;
    const seconds = Math.round(this.#silence.silentMs(nowMs) / 1000);
    this.#end({ kind: 'lost', reason: `the receiver has been silent for ${seconds} s` });
  }

  #sayGoodbye(): void {
    if (this.#isEnded) return;
    this.#send(encodeJsonFrame(FRAME_TYPES.GOODBYE, { reason: 'the sender was stopped' }));
    this.#socket.end(() => this.#end({ kind: 'stopped' }));
    const timer = setTimeout(() => this.#end({ kind: 'stopped' }), STOP_MS);
    void this.#ended.promise.then(() => clearTimeout(timer));
    this.#cursor = undefined;
    this.#isStopping = false;
  }

  #send(bytes: Buffer): void {
    if (!this.#isEnded && this.#socket.writable) this.#socket.write(bytes);
  }

  #end(end: SessionEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#abort.abort();
    this.#ended.resolve(end);
    this.#news.wake();
  }
}
