import type { Socket } from 'node:net';
import { describeError } from '../../shared/errors/errors.ts';
import type { Position } from '../../shared/log/position.ts';
import { createFrameDecoder, type Frame, type FrameDecoder } from '../../shared/protocol/decoder.ts';
import { encodeFrame, encodeJsonFrame } from '../../shared/protocol/encoder.ts';
import type { Control, Hello, Joined } from '../../shared/protocol/messages.ts';
import { FRAME_TYPES, PING_AFTER_MS } from '../../shared/protocol/protocol.ts';
import { SilenceWatch } from '../../shared/protocol/silence.ts';
import { Acknowledger } from './acknowledger.ts';
import type { Arrival } from './arrival.ts';
import { Entrance } from './entrance.ts';
import { FrameTurns } from './frame-turns.ts';
import { refusedFrame, welcomeFrame } from './greeting.ts';
import { Intake } from './intake.ts';
import { NEWCOMER_FRAME_BYTES } from './limits.ts';
import { LogStream, type ResumePoint, type StreamEvents } from './log-stream.ts';
import type { EndKind, IngestProblem, Refusal, SessionId } from './messages.ts';
import { Probe } from './probe.ts';
import { protocolRefusal, storageProblem, storageRefusal } from './refusals.ts';
import type { FetchOrder } from './segment-fetch.ts';
import type { SessionPorts } from './session-ports.ts';
import { addressOf, endGently, endOf } from './socket-state.ts';
import { Streaming } from './streaming.ts';

type Stage =
  | { readonly kind: 'entering'; readonly entrance: Entrance }
  | { readonly kind: 'opening' }
  | { readonly kind: 'streaming'; readonly streaming: Streaming }
  | { readonly kind: 'ended' };

/** How long a refused peer has to read why, ms. */
const LINGER_MS = 1000;

/**
 * One sender's connection, from HELLO to the end: checks what comes, hands log frames to the {@link LogStream}, answers the rest.
 * It moves bytes and never looks into a sample. Frames that come while an earlier one still takes time (opening, sealing,
 * healing) wait, and so does the socket.
 */
export class Session {
  readonly id: SessionId;
  readonly #socket: Socket;
  readonly #ports: SessionPorts;
  readonly #entered: () => void;
  readonly #decoder: FrameDecoder;
  /** Finds out whether the sender is alive. */
  readonly probe = new Probe(() => this.#send(encodeFrame(FRAME_TYPES.PING)));
  readonly #onFrame = (frame: Frame): void => {
    if (frame.type === FRAME_TYPES.PONG) this.probe.answered(true);
    if (!this.#isSignOfLife(frame)) this.#turns.take(frame);
  };
  #stage: Stage;
  readonly #turns = new FrameTurns({
    handle: (frame) => this.#handle(frame),
    full: () => void this.#socket.pause(),
    free: () => {
      this.#appendGathered();
      if (this.#stage.kind !== 'ended') this.#socket.resume();
    },
    failed: (error) => this.#refuseStorage(error),
  });
  readonly #silence: SilenceWatch;
  readonly #acknowledger: Acknowledger;
  #released: Promise<void> | undefined;

  constructor(id: SessionId, { socket, isLent, entered }: Arrival, ports: SessionPorts) {
    this.id = id;
    this.#socket = socket;
    this.#entered = entered;
    this.#decoder = createFrameDecoder({ maxPayloadBytes: NEWCOMER_FRAME_BYTES, isLent });
    this.#ports = ports;
    const { silenceMs, acknowledgeMs } = ports.settings;
    this.#acknowledger = new Acknowledger({
      gatherMs: acknowledgeMs,
      send: ({ segment, offset }) => this.#send(encodeFrame(FRAME_TYPES.ACK, segment, offset)),
    });
    this.#stage = { kind: 'entering', entrance: this.#makeEntrance() };
    const askMs = Math.min(PING_AFTER_MS, silenceMs / 2);
    this.#silence = new SilenceWatch({ askMs, lostMs: silenceMs }, performance.now());
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#end(endOf(error), describeError(error)));
    socket.on('end', () => this.#hangUp());
    socket.on('close', () => this.#hangUp());
  }

  /** Up to where the node's log is durable here; undefined before WELCOME. */
  get acknowledged(): Position | undefined {
    return this.#stage.kind === 'streaming' ? this.#stage.streaming.stream.acknowledged : undefined;
  }

  /** Bytes of the log that came since the last call. */
  takeTraffic(): number {
    return this.#stage.kind === 'streaming' ? this.#stage.streaming.intake.takeBytes() : 0;
  }

  /**
   * The claim is granted: open the copy and say where to go on.
   *
   * @param signature proves this receiver to the sender
   * @param leftBytes what the node may still send today
   */
  granted(signature: Uint8Array, leftBytes: number): void {
    const hello = this.#stage.kind === 'entering' ? this.#stage.entrance.hello : undefined;
    if (hello === undefined) return;
    const { limits } = this.#ports.settings;
    this.#entered();
    this.#decoder.allow(limits.frameBytes);
    this.#stage = { kind: 'opening' };
    const intake = new Intake(limits, leftBytes);
    this.#turns.occupy(() => this.#open(hello, Buffer.from(signature).toString('hex'), intake));
  }

  /** The machine is a node now; it will connect again as such. */
  joined(joined: Joined): void {
    this.#send(encodeJsonFrame(FRAME_TYPES.JOINED, joined));
    this.#end('goodbye', 'it has joined');
  }

  /** Says why and ends the connection. */
  refuse(refusal: Refusal, end: EndKind = 'refused'): void {
    this.#send(refusedFrame(refusal));
    this.#end(end, refusal.message);
  }

  /** Tells the sender something, if it has been welcomed. */
  control(message: Control): void {
    if (this.#stage.kind === 'streaming') this.#send(encodeJsonFrame(FRAME_TYPES.CONTROL, message));
  }

  /** Asks the sender for a sealed segment; how that ended goes to the main thread. Only for one that is connected. */
  fetch(order: FetchOrder): void {
    if (this.#stage.kind === 'streaming') this.#stage.streaming.fetch.begin(order);
  }

  /** Looks at the time: a peer that is silent is asked, then given up. To be called about once a second. */
  tick(nowMs: number): void {
    this.#acknowledger.tick(nowMs);
    this.#checkFile();
    const owedMs = this.#stage.kind === 'entering' ? this.#stage.entrance.owedMs(nowMs) : 0;
    if (owedMs > this.#ports.settings.helloTimeoutMs) {
      this.#end('timed_out', `it did not say who it is within ${Math.round(owedMs / 1000)} s`);
      return;
    }
    const seconds = Math.round(this.#silence.silentMs(nowMs) / 1000);
    const verdict = this.#silence.check(nowMs);
    if (verdict === 'ask') this.#send(encodeFrame(FRAME_TYPES.PING));
    // While it is busy here the socket is paused, and the peer cannot be heard.
    if (verdict === 'lost' && !this.#turns.isBusy)
      this.#end('timed_out', `nothing was heard for ${seconds} s`);
  }

  /** Ends the connection because the receiver stops: what has come is synced and acknowledged first. */
  async stop(): Promise<void> {
    await this.#turns.idle();
    if (this.#stage.kind === 'streaming') {
      await this.#stage.streaming.stream.commit();
      this.#acknowledger.asked(performance.now());
      this.#send(encodeJsonFrame(FRAME_TYPES.GOODBYE, { reason: 'the receiver is shutting down' }));
    }
    this.#end('goodbye', 'the receiver is shutting down');
    await this.#released;
  }

  #take(chunk: Buffer): void {
    if (this.#stage.kind === 'ended') return;
    this.#silence.heard(performance.now());
    const result = this.#decoder.push(chunk, this.#onFrame);
    this.#appendGathered();
    if (result.kind === 'broken') this.refuse(protocolRefusal(result.reason), 'error');
  }

  #handle(frame: Frame): void {
    const stage = this.#stage;
    if (stage.kind === 'streaming') stage.streaming.handle(frame);
    else if (stage.kind === 'entering' && frame.type === FRAME_TYPES.GOODBYE) this.#hangUp();
    else if (stage.kind === 'entering') stage.entrance.take(frame);
    else if (stage.kind !== 'ended')
      this.refuse(protocolRefusal(`a frame of type ${frame.type} may not come now`), 'error');
  }

  /** Answers a peer that asks whether anybody is there. While the log streams, PING has its turn: it asks for an ACK, too. */
  #isSignOfLife({ type }: Frame): boolean {
    if (this.#stage.kind === 'streaming') return false;
    if (type === FRAME_TYPES.PING) this.#send(encodeFrame(FRAME_TYPES.PONG));
    return type === FRAME_TYPES.PING || type === FRAME_TYPES.PONG;
  }

  #makeEntrance(): Entrance {
    const { post, certificate } = this.#ports;
    return new Entrance(
      {
        session: this.id,
        address: addressOf(this.#socket),
        certificate: certificate(),
        post,
        send: (frame) => this.#send(frame),
        refuse: (refusal) => this.refuse(refusal, 'error'),
        wait: () => this.#turns.bar(),
      },
      performance.now(),
    );
  }

  #makeStreaming(stream: LogStream, intake: Intake): Streaming {
    return new Streaming(stream, intake, {
      session: this.id,
      socket: this.#socket,
      post: this.#ports.post,
      send: (frame) => this.#send(frame),
      refuse: (refusal, end) => this.refuse(refusal, end),
      welcome: (resume) => this.#welcomeAgain(resume),
      acknowledge: () => this.#acknowledger.asked(performance.now()),
      occupy: (work) => this.#turns.occupy(work),
    });
  }

  async #open(hello: Hello, signature: string, intake: Intake): Promise<void> {
    const { settings, committer } = this.#ports;
    const events: StreamEvents = {
      acknowledge: (position) => this.#acknowledger.take(position, performance.now()),
      dirty: () => committer.mark(stream),
      failed: (error) => this.#refuseStorage(error),
      changed: () => this.#checkFile(),
      problem: (problem) => this.#problem(problem),
    };
    const { stream, resume } = await LogStream.open(hello, settings, events);
    if (this.#stage.kind === 'ended') {
      await stream[Symbol.asyncDispose]();
      return;
    }
    this.#stage = { kind: 'streaming', streaming: this.#makeStreaming(stream, intake) };
    this.#welcomeAgain(resume, signature);
    this.#ports.post({ kind: 'connected', session: this.id, at: resume.at });
  }

  #checkFile(): void {
    if (this.#stage.kind === 'streaming') this.#stage.streaming.checkFile();
  }

  #welcomeAgain(resume: ResumePoint | undefined, signature?: string): void {
    if (resume === undefined) return;
    const { settings, sleeptimeSeconds } = this.#ports;
    this.#acknowledger.goOnAt(resume.at);
    this.#send(welcomeFrame(settings, sleeptimeSeconds(), resume, signature));
  }

  #appendGathered(): void {
    if (this.#stage.kind === 'streaming') this.#stage.streaming.stream.append();
  }

  #send(frame: Buffer): void {
    if (this.#stage.kind === 'ended') return;
    this.#socket.write(frame);
    if (!this.#turns.isBusy && this.#socket.writableLength > this.#ports.settings.limits.unreadBytes) {
      this.#end('error', 'the sender does not read what it is sent');
    }
  }

  #problem(problem: IngestProblem): void {
    this.#ports.post({ kind: 'problem', session: this.id, problem });
  }

  #refuseStorage(error: unknown): void {
    this.#problem(storageProblem(error));
    this.refuse(storageRefusal(error), 'error');
  }

  #hangUp(): void {
    const goodbye = this.#stage.kind === 'streaming' ? this.#stage.streaming.goodbye : undefined;
    if (goodbye === undefined) this.#end('closed', 'the sender closed the connection');
    else this.#end('goodbye', goodbye);
  }

  #end(end: EndKind, reason: string): void {
    const stage = this.#stage;
    if (stage.kind === 'ended') return;
    // Now, since the chunk that it came with is somebody else's soon. Where that fails, this has been called again, and is done.
    this.#appendGathered();
    if (this.#stage !== stage) return;
    this.#stage = { kind: 'ended' };
    this.#turns.clear();
    endGently(this.#socket, LINGER_MS);
    this.#released = this.#release(stage, end, reason, this.#silence.silentMs(performance.now()));
  }

  async #release(stage: Stage, end: EndKind, reason: string, silentMs: number): Promise<void> {
    await this.#turns.idle();
    const bytes = stage.kind === 'streaming' ? stage.streaming.intake.takeBytes() : 0;
    if (stage.kind === 'streaming') {
      const { fetch, stream } = stage.streaming;
      fetch[Symbol.dispose]();
      await stream[Symbol.asyncDispose]().catch((error: unknown) => this.#problem(storageProblem(error)));
      // How far it got in the end: what is missing from the copy later is found by it.
      this.#ports.post({ kind: 'progress', moved: [[this.id, stream.acknowledged, 0]] });
    }
    if (stage.kind !== 'entering' || stage.entrance.isAnnounced)
      this.#ports.post({ kind: 'released', session: this.id, ...{ end, reason, silentMs, bytes } });
    this.#ports.onReleased(this.id);
  }
}
