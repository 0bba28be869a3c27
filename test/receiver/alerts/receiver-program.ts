/**
 * Fleet and alerts in a process of their own, for tests that kill it. Argument: JSON of {@link ReceiverProgramOptions}.
 * Connects a node and loses it, unless told otherwise; kills itself with SIGKILL at the named step.
 */

import type { SendStep } from '../../../receiver/alerts/outbox/lane.ts';
import type { PostStep } from '../../../receiver/alerts/outbox/post-office.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { absoluteDirectory, argument } from '../../helpers/arguments.ts';
import { startReceiverParts } from './start-receiver-parts.ts';

/** What the program is to do. */
export interface ReceiverProgramOptions {
  readonly directory: string;
  readonly smtpPort: number;
  readonly killAt?: SendStep | PostStep | 'node lost' | 'mail queued' | undefined;
  /** Default `lose`. */
  readonly node: 'lose' | 'leave alone' | 'connect';
}

const options = JSON.parse(argument(0, 'OPTIONS')) as ReceiverProgramOptions;

function killAt(step: ReceiverProgramOptions['killAt']): void {
  if (step === options.killAt) process.kill(process.pid, 'SIGKILL');
}

const parts = startReceiverParts({
  directory: absoluteDirectory(options.directory),
  clock: systemClock,
  mail: {
    smtp: { host: '127.0.0.1', port: options.smtpPort, tls: 'none' },
    from: 'fleetkeep@example.com',
    to: ['root@example.com'],
  },
  times: { graceMs: 200, groupMs: 100, settleMs: 100 },
  backoff: { firstMs: 50, maxMs: 200 },
  atStep: killAt,
});
parts.fleet.onChange(({ node }) => {
  // The transaction is over when the change is told.
  if (node.state.kind === 'down') killAt('mail queued');
});
if (options.node !== 'leave alone') parts.connect('7');
if (options.node === 'lose') {
  parts.disconnect('7');
  parts.fleet.save();
  killAt('node lost');
}
process.once('SIGTERM', () => void parts[Symbol.asyncDispose]());
process.stdout.write('ready\n');
