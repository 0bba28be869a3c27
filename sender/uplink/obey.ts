import type { Control } from '../../shared/protocol/messages.ts';
import type { Answers } from './answers.ts';
import type { SessionPorts } from './session-ports.ts';

/** What {@link obey} works with. */
export interface ObeyPorts {
  readonly ports: SessionPorts;
  readonly answers: Answers;
  readonly reply: (message: Control) => void;
  /** Does work that later frames have to wait for. */
  readonly inTurn: (work: () => Promise<void>) => void;
}

/** Does what a receiver says in CONTROL. What is not known here, or is for receivers, is passed over. */
export function obey(control: Control | undefined, { ports, answers, reply, inTurn }: ObeyPorts): void {
  switch (control?.kind) {
    case 'interval':
      ports.onInterval(control.sleeptime);
      return;
    case 'rename':
      ports.onRename(control.node);
      return;
    case 'certificates':
      inTurn(async () => {
        await ports.onCertificates(control.sha256);
        reply({ kind: 'certificates_kept', sha256: control.sha256 });
      });
      return;
    case 'digest':
      answers.digests.ask(control.id, {
        upTo: { segment: control.segment, offset: control.offset },
        from: control.from,
      });
      return;
    case 'fetch':
      answers.segments.ask(control);
      return;
    default:
  }
}
