import { hostname } from 'node:os';
import { join } from 'node:path';
import { type JoinCode, parseJoinCode } from '../../shared/auth/join-code.ts';
import type { Config } from '../../shared/config/config.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { readMachineId } from '../../shared/files/machine-id.ts';
import { logPaths } from '../../shared/log/log.ts';
import { readLogMeta } from '../../shared/log/log-meta.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { VERSION } from '../../shared/names/version.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { joinReceiver } from './join-receiver.ts';
import { type Membership, readMembership } from './membership.ts';
import { readPendingCode, removePendingCode } from './pending-code.ts';
import { setTwinAside } from './set-twin-aside.ts';

/** Options of {@link ensureMembership}. */
export interface EnsureMembershipOptions {
  readonly config: Config;
  /** A code that was given by hand; it is used even if this machine has joined before. */
  readonly code: JoinCode | undefined;
  /** Is told why it could not join yet, each time. */
  readonly onTrouble: (reason: string) => void;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * What this machine has got by joining; joins first where that is still to be done.
 *
 * A code in config.json is used only by a machine that has not joined yet, so it may stay there, in an image for many machines as
 * well. The same code given by hand twice is used once.
 *
 * @throws UserError `NOT_JOINED` when there is no code, `JOIN_CODE_INVALID` when it is not taken
 */
export async function ensureMembership(options: EnsureMembershipOptions): Promise<Membership> {
  const { config, code: given, log, signal } = options;
  const directory = config.sender.data_directory;
  const machine = readMachineId();
  const pending = await readPendingCode(directory);
  const membership = await readOwn(directory, machine, log);
  if (membership !== undefined && (given === undefined || given.id === membership.code)) return membership;
  const code = given ?? pending ?? configuredCode(config);
  if (code === undefined) {
    throw new UserError('NOT_JOINED', 'this machine has not joined a receiver', {
      hint: 'On the receiver, fleetkeep-receiver join-code prints a code; here, fleetkeep-sender start --join CODE.',
    });
  }
  const node = membership?.node ?? config.sender.node_name;
  const logId = await findLogId(config, node);
  const facts = { node, log: logId, own: membership, hostName: hostname(), version: VERSION };
  const joining = joinReceiver({
    ...{ directory, code, machine, facts, config, log, signal },
    onTrouble: options.onTrouble,
    clock: systemClock,
  });
  const joined = await joining.catch(async (error: unknown) => {
    // Refused for good, another start would end in the same way.
    if (error instanceof UserError) await removePendingCode(directory);
    throw error;
  });
  await removePendingCode(directory);
  return joined;
}

/** What this machine got by joining, not what the one got of which its data directory is a copy. */
async function readOwn(
  directory: string,
  machine: string | undefined,
  log: Logger,
): Promise<Membership | undefined> {
  const membership = await readMembership(directory);
  if (membership?.machine === undefined || machine === undefined || membership.machine === machine)
    return membership;
  const moved = await setTwinAside(directory, new Date(systemClock.now()));
  log.warn(
    { node: membership.node, moved },
    'this data directory is a copy of that of another machine; its log and credentials are set aside, and this machine joins by itself',
  );
  return undefined;
}

/** What this node is called: the name that it got when it joined; before, the one that it would like. */
export async function nodeNameOf({ sender }: Config): Promise<NodeName> {
  return (await readMembership(sender.data_directory))?.node ?? sender.node_name;
}

function configuredCode({ sender: { join_code: text } }: Config): JoinCode | undefined {
  return text === undefined ? undefined : parseJoinCode(text);
}

/** The log that is here already, by which a receiver knows the node again. */
async function findLogId(config: Config, node: NodeName): Promise<LogId | undefined> {
  const paths = logPaths(join(config.sender.data_directory, 'logs'), node);
  return (await readLogMeta(paths))?.id;
}
