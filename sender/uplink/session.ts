import type { Socket } from 'node:net';
import { describeError } from '../../shared/errors/errors.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';
import { createFrameDecoder, type Frame } from '../../shared/protocol/decoder.ts';
import { encodeFrame, encodeJsonFrame } from '../../shared/protocol/encoder.ts';
import { type Control, parseControl, parseGoodbye, parseWelcome } from '../../shared/protocol/messages.ts';
import { FRAME_TYPES, PING_AFTER_MS, SILENCE_MS } from '../../shared/protocol/protocol.ts';
import { SilenceWatch } from '../../shared/protocol/silence.ts';
import { Wake } from '../../shared/time/wake.ts';
import { actOnResume } from './act-on-resume.ts';
import { Answers } from './answers.ts';
import type { Connection } from './connect.ts';
import { Healing } from './healing.ts';
import { LogSender } from './log-sender.ts';
import { obey } from './obey.ts';
import { overtakenEnd } from './overtaken.ts';
import { passObstacle } from './pass-obstacle.ts';
import { Proving } from './proving.ts';
import { readPatiently } from './read-patiently.ts';
import { refusedEnd } from './refused-end.ts';
import { decideResume, type ReceiverEnd } from './resume.ts';
import type { SessionEnd, SessionPorts } from './session-ports.ts';
import { Turns } from './turns.ts';
import { type HealingWatchPorts, watchHealing } from './watch-healing.ts';
import { watchSilence } from './watch-silence.ts';

/** How long a stop waits for the last acknowledgements, ms. */
const STOP_MS = 2000;
const UNPROVEN = 'what answers there could not prove that it is the receiver that this node has joined';

/**
 * One connection to a receiver, from HELLO to the end: agrees where to go on, heals, sends what comes next in the log, answers.
 */
export class Session {
  readonly #socket: Socket;
  readonly #ports: SessionPorts;
  readonly #decoder = createFrameDecoder();
  readonly #ended = Promise.withResolvers<SessionEnd>();
  readonly #news = new Wake();
  readonly #abort = new AbortController();
  readonly #turns: Turns;
  readonly #answers: Answers;
  /** Where the receiver's copy ends, as it said last; undefined before WELCOME. */
  #at: ReceiverEnd | undefined;
  readonly #healing: Healing;
  readonly #watch: HealingWatchPorts;
  /** Up to where the receiver has the log durably; undefined before WELCOME. */
  #acknowledged: Position | undefined;
  #isEnded = false;
  /** What has to be acknowledged before it stops; undefined while it is not asked to. */
  #stopAt: Position | undefined;
  #isLeaving = false;
  #isLiveUnderWay = false;
  readonly #silence: SilenceWatch;
  readonly #sender: LogSender;
  readonly #proving: Proving;

  constructor({ socket, certificate }: Connection, ports: SessionPorts) {
    this.#socket = socket;
    this.#proving = new Proving(ports.secret, certificate);
    this.#ports = ports;
    this.#sender = new LogSender(socket, ports.writer, ports, this.#abort.signal);
    this.#watch = {
      clock: ports,
      isDeaf: () => this.#turns.isPaused,
      lose: (reason) => this.#lose(reason),
      signal: this.#abort.signal,
    };
    this.#healing = new Healing(ports.writer, () => void watchHealing(this.#healing, this.#watch));
    this.#turns = new Turns(socket, (error) => this.#lose(describeError(error)));
    this.#answers = new Answers({
      ...{ writer: ports.writer, signal: this.#abort.signal },
      send: (frame) => void this.#send(frame),
      reply: (message) => void this.sendControl(message),
      onReady: () => this.#news.wake(),
    });
    this.#silence = new SilenceWatch({ askMs: PING_AFTER_MS, lostMs: SILENCE_MS }, ports.monotonic());
  }

  /** Runs the session on a connected socket to its end. */
  async run(): Promise<SessionEnd> {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('drain', () => this.#news.wake());
    socket.on('error', (error) => this.#lose(describeError(error)));
    socket.on('close', () => this.#lose('the receiver closed the connection'));
    const unsubscribe = this.#ports.writer.subscribe(() => this.#news.wake());
    const ask = () => void this.#send(encodeFrame(FRAME_TYPES.PING));
    const watching = watchSilence(this.#silence, { ...this.#watch, ask });
    // Only now, with the listeners in place: HELLO reads the disk, and the connection may break meanwhile.
    this.#inTurn(async () => void this.#send(this.#proving.hello(await this.#ports.hello())));
    const sending = this.#sendLog().catch((error: unknown) => {
      this.#lose(describeError(error));
    });
    const end = await this.#ended.promise;
    unsubscribe();
    socket.destroy();
    await Promise.all([sending, watching]);
    await Promise.all([this.#turns.idle(), this.#answers[Symbol.asyncDispose]()]);
    await this.#sender[Symbol.asyncDispose]();
    return end;
  }

  /** Sends the newest sample past the backlog; leaves it out while an earlier one has not left yet. */
  sendLive(line: string): void {
    if (!this.#sender.isBegun || this.#isLiveUnderWay) return;
    this.#isLiveUnderWay = true;
    this.#send(encodeFrame(FRAME_TYPES.LIVE, 0, 0, Buffer.from(line)), () => {
      this.#isLiveUnderWay = false;
    });
  }

  /** Tells the receiver something; `false` when that is not possible, because it has not welcomed this sender or is gone. */
  sendControl(message: Control): boolean {
    if (this.#at === undefined) return false;
    return this.#send(encodeJsonFrame(FRAME_TYPES.CONTROL, message));
  }

  /** Lets the receiver acknowledge at once what it has, and what it gets in the next seconds: it may gather otherwise. */
  askToAcknowledge(): void {
    if (this.#at !== undefined) this.#send(encodeFrame(FRAME_TYPES.PING));
  }

  /** Ends the session: what is in the log now is sent and acknowledged first, if that does not take long. */
  stop(): void {
    if (this.#stopAt !== undefined) return;
    this.#stopAt = this.#ports.writer.end;
    this.#answers.stop();
    this.#later(() => this.#sayGoodbye());
    this.askToAcknowledge();
    if (!this.#sender.isBegun) this.#sayGoodbye();
    this.#news.wake();
  }

  #take(chunk: Buffer): void {
    this.#silence.heard(this.#ports.monotonic());
    const result = this.#decoder.push(chunk, (frame) => this.#handle(frame));
    if (result.kind === 'broken') this.#lose(`the receiver sent no frame: ${result.reason}`);
  }

  #handle({ type, segment, offset, payload }: Frame): void {
    if (this.#isEnded) return;
    switch (type) {
      case FRAME_TYPES.ACK:
        if (this.#isNews({ segment, offset })) this.#acknowledge({ segment, offset });
        return;
      case FRAME_TYPES.CHALLENGE:
        this.#prove(payload);
        return;
      case FRAME_TYPES.WELCOME:
        this.#inTurn(() => this.#welcome(payload));
        return;
      case FRAME_TYPES.HEAL:
        this.#inTurn(() => this.#heal(segment, offset, payload));
        return;
      case FRAME_TYPES.REFUSED:
        this.#end(refusedEnd(payload, this.#proving));
        return;
      case FRAME_TYPES.CONTROL:
        // In turn: before it comes WELCOME, which is checked in its own.
        this.#inTurn(async () => this.#obey(payload));
        return;
      case FRAME_TYPES.PING:
        this.#send(encodeFrame(FRAME_TYPES.PONG));
        return;
      case FRAME_TYPES.PONG:
        return;
      case FRAME_TYPES.GOODBYE:
        this.#lose(`the receiver said goodbye: ${parseGoodbye(payload)}`);
        return;
      default:
        this.#lose(`a receiver may not send a frame of type ${type}`);
    }
  }

  #inTurn(work: () => Promise<void>): void {
    this.#turns.add(async () => (this.#isEnded ? undefined : await work()));
  }

  async #welcome(payload: Buffer): Promise<void> {
    const parsed = parseWelcome(payload);
    if (parsed.kind === 'invalid') return this.#lose(parsed.reason);
    const isFirst = this.#at === undefined;
    if (isFirst && !this.#proving.isSigned(parsed.message.signature)) return this.#lose(UNPROVEN);
    this.#at = parsed.message.at;
    this.#healing.forget();
    if (isFirst) this.#ports.onWelcome();
    this.#ports.onInterval(parsed.message.sleeptime);
    await this.#sender[Symbol.asyncDispose]();
    this.#sender.limitFrames(parsed.message.frame_bytes);
    await this.#resume(this.#at);
  }

  async #resume(at: ReceiverEnd): Promise<void> {
    const { writer } = this.#ports;
    const decide = () => decideResume(writer, at, this.#healing.healed);
    const resume = await readPatiently(decide, this.#ports, this.#abort.signal);
    if (resume.kind === 'unreadable') return this.#end(await passObstacle(resume, at, this.#ports));
    await actOnResume(resume, {
      writer,
      healing: this.#healing,
      nowMs: this.#ports.now(),
      send: (frame) => void this.#send(frame),
      begin: (from) => {
        this.#sender.begin(from);
        this.#acknowledge(from);
        this.#news.wake();
      },
      end: (end) => this.#end(end),
    });
  }

  async #heal(segment: number, offset: number, payload: Buffer): Promise<void> {
    const isWhole = await this.#healing.take(segment, offset, payload);
    if (isWhole && this.#at !== undefined) await this.#resume(this.#at);
  }

  #obey(payload: Buffer): void {
    if (this.#at === undefined) {
      this.#lose('the receiver sent CONTROL before WELCOME');
      return;
    }
    obey(parseControl(payload), {
      ...{ ports: this.#ports, answers: this.#answers },
      reply: (message) => void this.sendControl(message),
      inTurn: (work) => this.#inTurn(work),
    });
  }

  /** Whether an ACK says something new. One of what was never sent is not believed, since retention relies on it. */
  #isNews(position: Position): boolean {
    const known = this.#acknowledged;
    return this.#sender.isSent(position) && known !== undefined && comparePositions(position, known) > 0;
  }

  #acknowledge(position: Position): void {
    this.#acknowledged = position;
    this.#sender.acknowledge(position);
    this.#ports.onAcknowledged(position);
    if (this.#sender.isHeldUp || this.#stopAt !== undefined) this.#news.wake();
  }

  /** Sends the log for as long as the session lasts. */
  async #sendLog(): Promise<void> {
    while (!this.#isEnded) {
      const overtaken = this.#sender.isBegun && overtakenEnd(this.#ports.writer);
      if (overtaken) return this.#end(overtaken);
      const isMore = !this.#isLeaving && (await this.#sender.sendNext());
      if (isMore || this.#isEnded || (await this.#answers.sendNext(this.#socket))) continue;
      const obstacle = this.#sender.obstacleAt(this.#acknowledged);
      if (obstacle !== undefined) this.#end(await passObstacle(obstacle, this.#acknowledged, this.#ports));
      else if (this.#mayStop()) this.#sayGoodbye();
      else await this.#news.sleep();
    }
  }

  #prove(challenge: Buffer): void {
    const proof = this.#proving.prove(challenge);
    if (proof === undefined) this.#lose('the receiver asked for a proof out of turn');
    else this.#send(proof);
  }

  #mayStop(): boolean {
    if (this.#isLeaving || this.#stopAt === undefined || this.#acknowledged === undefined) return false;
    return comparePositions(this.#acknowledged, this.#stopAt) >= 0;
  }

  #sayGoodbye(): void {
    if (this.#isEnded || this.#isLeaving) return;
    this.#isLeaving = true;
    this.#send(encodeJsonFrame(FRAME_TYPES.GOODBYE, { reason: 'the sender was stopped' }));
    this.#socket.end(() => this.#end({ kind: 'stopped' }));
    this.#later(() => this.#end({ kind: 'stopped' }));
  }

  #later(work: () => void): void {
    const timer = setTimeout(work, STOP_MS);
    void this.#ended.promise.then(() => clearTimeout(timer));
  }

  #send(bytes: Buffer, onSent?: () => void): boolean {
    if (this.#isEnded || !this.#socket.writable) return false;
    this.#socket.write(bytes, onSent);
    return true;
  }

  #lose(reason: string): void {
    this.#end({ kind: 'lost', reason });
  }

  #end(end: SessionEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#abort.abort();
    this.#ended.resolve(end);
    this.#news.wake();
  }
}
