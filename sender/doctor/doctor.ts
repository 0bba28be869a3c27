/**
 * The doctor: looks at everything that the sender needs from its machine and from the receiver, and says what to do about what is
 * not as it should be. Changes nothing; works whether a sender runs or not.
 */

import type { Config } from '../../shared/config/config.ts';
import { checkDirectory } from '../../shared/doctor/check-directory.ts';
import { checkClock, checkRuntime } from '../../shared/doctor/check-machine.ts';
import { type Finding, fine, problem, warning } from '../../shared/doctor/finding.ts';
import { describeError, UserError } from '../../shared/errors/errors.ts';
import { readMachineId } from '../../shared/files/machine-id.ts';
import { addressesOf } from '../membership/addresses.ts';
import { type Membership, readMembership } from '../membership/membership.ts';
import { connectTo } from '../uplink/connect.ts';
import type { UplinkState } from '../uplink/uplink.ts';
import { checkProcesses } from './check-processes.ts';

const CONNECT_MS = 5000;

/** Options of {@link examineSender}. */
export interface ExamineOptions {
  readonly config: Config;
  /** Whether a sender answers in the data directory. */
  readonly isRunning: boolean;
  /** How its connection does, in its own words; undefined when it does not run. */
  readonly uplink?: UplinkState | undefined;
  readonly nowMs: number;
}

/** Looks at everything; in the order in which it matters. */
export async function examineSender({
  config,
  isRunning,
  uplink,
  nowMs,
}: ExamineOptions): Promise<readonly Finding[]> {
  const { data_directory: directory } = config.sender;
  const findings = [
    checkRuntime(process.version),
    checkClock(nowMs),
    await checkDirectory('data directory', directory),
    checkRunning(isRunning),
    ...(process.platform === 'linux' ? [checkProcesses(directory)] : []),
  ];
  const membership = await membershipOf(directory);
  if ('level' in membership) return [...findings, membership];
  const reached = await Promise.all(
    addressesOf(config, membership).map(async ({ host, port }) => await reach(host, port, membership)),
  );
  return [
    ...findings,
    fine('joined', `as node ${membership.node}`),
    ...weighed(reached),
    ...checkUplink(uplink, membership.node),
  ];
}

/** Whether the receiver takes the log: one that answers may refuse this node all the same. */
function checkUplink(uplink: UplinkState | undefined, node: string): readonly Finding[] {
  switch (uplink?.kind) {
    case 'connected':
      return [fine('connection', `${uplink.receiver} takes the log`)];
    case 'refused': {
      const hint = `To let it in again: fleetkeep-receiver join-code --node ${node}, then here fleetkeep-sender start --join CODE`;
      return [problem('connection', `${uplink.receiver} refuses this node: ${uplink.reason}`, hint)];
    }
    case 'waiting':
      return [warning('connection', `not connected: ${uplink.reason}`, 'The sender tries again by itself.')];
    default:
      return [];
  }
}

/** One receiver that answers is enough; the others are worth a look. */
function weighed(reached: readonly Finding[]): readonly Finding[] {
  if (reached.every(({ level }) => level !== 'fine')) return reached;
  return reached.map((finding) => (finding.level === 'problem' ? { ...finding, level: 'warning' } : finding));
}

function checkRunning(isRunning: boolean): Finding {
  if (isRunning) return fine('sender', 'runs');
  const hint = 'fleetkeep-sender start, or from now on at every boot: fleetkeep-sender install';
  return warning('sender', 'does not run', hint);
}

async function membershipOf(directory: string): Promise<Membership | Finding> {
  try {
    const membership = await readMembership(directory);
    if (membership === undefined)
      return problem(
        'joined',
        'this machine has not joined a receiver',
        'On the receiver: fleetkeep-receiver join-code',
      );
    const machine = readMachineId();
    if (membership.machine === undefined || machine === undefined || membership.machine === machine)
      return membership;
    const hint =
      'The next start sets it aside and joins by sender.join_code, or: fleetkeep-sender start --join CODE';
    return warning('joined', `this data directory is a copy of that of node ${membership.node}`, hint);
  } catch (error) {
    const hint = error instanceof UserError ? error.hint : undefined;
    return problem('joined', describeError(error), hint ?? 'Run this as the user of the sender.');
  }
}

async function reach(host: string, port: number, { certificates }: Membership): Promise<Finding> {
  const where = `${host}, port ${port}`;
  try {
    const how = { certificates, timeoutMs: CONNECT_MS };
    const { socket } = await connectTo({ host, port }, how, new AbortController().signal);
    socket.on('error', () => undefined);
    socket.destroy();
    return fine(
      'receiver',
      certificates === undefined
        ? `${where} answers, by plain TCP`
        : `${where} answers, and is the right one`,
    );
  } catch (error) {
    return problem(
      'receiver',
      `${where}: ${describeError(error)}`,
      'Is it switched on, does it listen there, does a firewall let port and address pass?',
    );
  }
}
