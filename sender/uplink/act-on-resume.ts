import type { LogWriter } from '../../shared/log/log-writer.ts';
import type { Position } from '../../shared/log/position.ts';
import { encodeFrame, encodeJsonFrame } from '../../shared/protocol/encoder.ts';
import { FRAME_TYPES } from '../../shared/protocol/protocol.ts';
import type { Healing } from './healing.ts';
import type { Resume } from './resume.ts';
import type { SessionEnd } from './session-ports.ts';

/** What {@link actOnResume} works with. */
export interface ResumePorts {
  readonly writer: LogWriter;
  readonly healing: Healing;
  readonly nowMs: number;
  readonly send: (frame: Buffer) => void;
  /** Sends the log from there on. */
  readonly begin: (from: Position) => void;
  readonly end: (end: SessionEnd) => void;
}

const OLD_COPY =
  'the receiver holds more of this log than was written here: this data directory is an old copy of itself';

/** Does what was decided after WELCOME. */
export async function actOnResume(resume: Resume, ports: ResumePorts): Promise<void> {
  const { writer, healing, send, begin, end } = ports;
  switch (resume.kind) {
    case 'send':
      begin(resume.from);
      return;
    case 'differs':
      send(encodeJsonFrame(FRAME_TYPES.CONTROL, { kind: 'differs', segment: resume.segment }));
      return;
    case 'give_way':
      await writer.giveWay(resume.segment);
      end({
        kind: 'again',
        reason: `segment ${resume.segment} here is not what the receiver has acknowledged`,
      });
      return;
    case 'heal':
      healing.ask(resume);
      send(encodeFrame(FRAME_TYPES.HEAL, resume.segment, resume.offset));
      return;
    case 'interrupt':
      await writer.interruptSegment(ports.nowMs);
      end({
        kind: 'again',
        reason: 'the receiver says again and again that it has more than was written here',
      });
      return;
    case 'lost':
      end({
        kind: 'again',
        reason: `the receiver does not go on behind segment ${resume.segment}, which is lost`,
        oldest: resume.next,
      });
      return;
    case 'new_log':
      end({ kind: 'new_log', reason: OLD_COPY });
      return;
    default:
      resume satisfies never;
  }
}
