import type { Socket } from 'node:net';
import type { Frame } from '../../shared/protocol/decoder.ts';
import { encodeFrame, encodeJsonFrame } from '../../shared/protocol/encoder.ts';
import { type Control, parseControl, parseGoodbye } from '../../shared/protocol/messages.ts';
import { FRAME_TYPES } from '../../shared/protocol/protocol.ts';
import { checkShape } from './check-shape.ts';
import type { Intake } from './intake.ts';
import type { LogStream, ResumePoint } from './log-stream.ts';
import type { EndKind, FromWorker, Refusal, SessionId } from './messages.ts';
import { positionRefusal, protocolRefusal } from './refusals.ts';
import { SegmentFetch } from './segment-fetch.ts';
import { sendHealing } from './send-healing.ts';

/** What streaming needs of its session. */
export interface StreamingPorts {
  readonly session: SessionId;
  readonly socket: Socket;
  readonly send: (frame: Buffer) => void;
  readonly post: (message: FromWorker) => void;
  readonly refuse: (refusal: Refusal, end?: EndKind) => void;
  /** Says where to go on; does nothing without a point. */
  readonly welcome: (resume: ResumePoint | undefined) => void;
  /** Acknowledges at once what is durable, and what becomes so shortly. */
  readonly acknowledge: () => void;
  /** Does work that later frames have to wait for. */
  readonly occupy: (work: () => Promise<void>) => void;
}

/** What a connection is once the node is let in: takes its log and answers the rest. */
export class Streaming {
  readonly stream: LogStream;
  readonly intake: Intake;
  readonly fetch: SegmentFetch;
  readonly #ports: StreamingPorts;
  #goodbye: string | undefined;

  constructor(stream: LogStream, intake: Intake, ports: StreamingPorts) {
    this.stream = stream;
    this.intake = intake;
    this.#ports = ports;
    this.fetch = new SegmentFetch({
      control: (message) => ports.send(encodeJsonFrame(FRAME_TYPES.CONTROL, message)),
      done: (request, outcome) => ports.post({ kind: 'fetched', request, outcome }),
    });
  }

  /** Why the node left, in its own words; undefined while it has not said goodbye. */
  get goodbye(): string | undefined {
    return this.#goodbye;
  }

  /** Takes the next frame. */
  handle(frame: Frame): void {
    const fault = checkShape(frame);
    if (fault === undefined) this.#take(frame);
    else this.#ports.refuse(protocolRefusal(fault), 'error');
  }

  #take(frame: Frame): void {
    const { type, segment, offset } = frame;
    const { stream } = this;
    const { socket, send, acknowledge, occupy, refuse } = this.#ports;
    switch (type) {
      case FRAME_TYPES.DATA:
        this.#gather(frame);
        return;
      case FRAME_TYPES.SEAL:
        this.#seal(frame);
        return;
      case FRAME_TYPES.HEAL:
        stream.append();
        occupy(() => sendHealing(stream, segment, offset, socket));
        return;
      case FRAME_TYPES.SEGMENT:
        this.fetch.take(frame);
        return;
      case FRAME_TYPES.LIVE:
        this.#live(frame);
        return;
      case FRAME_TYPES.CONTROL:
        this.#obey(parseControl(frame.payload));
        return;
      case FRAME_TYPES.PING:
        acknowledge();
        send(encodeFrame(FRAME_TYPES.PONG));
        return;
      case FRAME_TYPES.PONG:
        return;
      case FRAME_TYPES.GOODBYE:
        this.#goodbye = parseGoodbye(frame.payload);
        return;
      default:
        refuse(protocolRefusal(`a sender may not send a frame of type ${type} now`), 'error');
    }
  }

  /** Puts the files of the copy back where something else has changed them, before the next frame is taken. */
  checkFile(): void {
    const { stream } = this;
    const { occupy, welcome } = this.#ports;
    if (stream.isChanged) {
      stream.append();
      occupy(async () => welcome(await stream.restoreFile()));
    } else if (!stream.hasMeta) {
      stream.append();
      occupy(async () => await stream.mendMeta());
    }
  }

  #gather(frame: Frame): void {
    const refusal = this.intake.check(frame);
    if (refusal !== undefined) this.#ports.refuse(refusal);
    else if (!this.stream.gather(frame))
      this.#ports.refuse(positionRefusal(frame.segment, frame.offset), 'error');
  }

  /** A SEAL that does not end what is here says nothing about it: the copy is left as it is. */
  #seal({ segment, offset: bytes, payload }: Frame): void {
    const { stream } = this;
    const { occupy, welcome, refuse } = this.#ports;
    if (bytes === 0 || !stream.isAt(segment, bytes)) {
      refuse(positionRefusal(segment, bytes), 'error');
      return;
    }
    const sha256 = payload.toString('hex');
    stream.append();
    occupy(async () => welcome(await stream.seal(segment, bytes, sha256)));
  }

  #live({ payload, payloadBytes }: Frame): void {
    const { session, post, refuse } = this.#ports;
    const refusal = this.intake.checkLive(payloadBytes);
    if (refusal === undefined) post({ kind: 'live', session, line: payload.toString('utf8') });
    else refuse(refusal);
  }

  #obey(control: Control | undefined): void {
    const { stream } = this;
    const { session, post, occupy, welcome } = this.#ports;
    switch (control?.kind) {
      case 'differs':
        stream.append();
        occupy(async () => welcome(await stream.differs(control.segment)));
        return;
      case 'digest_result':
        post({ kind: 'digest', request: control.id, result: control });
        return;
      case 'fetch_result':
        this.fetch.answered(control);
        return;
      case 'certificates_kept':
        post({ kind: 'confirmed', session, sha256: control.sha256 });
        return;
      case 'lost':
      case 'file_changed':
      case 'lost_end':
        post({ kind: 'problem', session, problem: control });
        return;
      default:
      // The others are for senders to obey.
    }
  }
}
