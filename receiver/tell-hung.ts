import type { ProblemSink } from './problem-relay.ts';
import type { HungOutcome } from './pulse/watch-worker.ts';

/** Tells the administrator of a worker thread that hung. @param name which kind of worker */
export function tellHung(alerts: ProblemSink, name: 'ingest' | 'history', outcome: HungOutcome): void {
  switch (outcome) {
    case 'ended':
      alerts.clear(`stuck ${name}`);
      alerts.report({
        key: `hung ${name}`,
        severity: 'warning',
        title: `a worker thread of the receiver hung (${name})`,
        detail:
          'It did nothing for minutes, so it was ended and started again. Nothing that was acknowledged is lost. ' +
          'If that happens again, look at the disk of the receiver (dmesg) and report it as a bug, with the log.',
      });
      return;
    case 'stuck':
      alerts.raise({
        key: `stuck ${name}`,
        severity: 'critical',
        title: `a worker thread of the receiver hangs and cannot be ended (${name})`,
        detail:
          'It waits for the system, most likely for a disk that does not answer. What it does stands still until the disk answers or the receiver is started again; ' +
          'under systemd that happens by itself within minutes.\nLook at the disk of the receiver (dmesg), then restart the receiver. Nodes keep their own copy and send again.',
      });
      return;
    default:
      outcome satisfies never;
  }
}
