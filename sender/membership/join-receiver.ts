import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JoinCode } from '../../shared/auth/join-code.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseHostPort } from '../../shared/config/host-port.ts';
import { describeError, errnoOf, UserError } from '../../shared/errors/errors.ts';
import { makeDirectory } from '../../shared/files/make-directory.ts';
import { replaceFile } from '../../shared/files/replace-file.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import { DEFAULT_PORT } from '../../shared/protocol/protocol.ts';
import { backoffMs } from '../../shared/time/backoff.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { connectTo, type ReceiverAddress } from '../uplink/connect.ts';
import { addressesOf } from './addresses.ts';
import { exchangeJoin, type JoinFacts, type JoinOutcome } from './join-exchange.ts';
import { type Membership, writeMembership } from './membership.ts';

/** Options of {@link joinReceiver}. */
export interface JoinOptions {
  /** The sender's data directory. */
  readonly directory: string;
  readonly code: JoinCode;
  /** May say that the receiver is tried elsewhere than where the code says. */
  readonly config: Pick<Config, 'host' | 'port' | 'sender'>;
  /** This machine, as `readMachineId` says. */
  readonly machine: string | undefined;
  /** Without `installation`, which is kept in the data directory. */
  readonly facts: Omit<JoinFacts, 'installation'>;
  /** Is told why it could not join yet, each time. */
  readonly onTrouble: (reason: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const CONNECT_MS = 10_000;
const BACKOFF = { firstMs: 500, maxMs: 30_000 };

/**
 * Joins the receiver that made a code, and keeps what came of it. Tries again until the receiver is reached: a node may be switched
 * on before its receiver.
 *
 * @throws UserError `JOIN_CODE_INVALID` when the receiver does not take the code; the signal's reason
 */
export async function joinReceiver(options: JoinOptions): Promise<Membership> {
  const { directory, code, clock, log, signal } = options;
  const addresses = code.addresses.map(addressOf);
  const installation = await readInstallation(directory);
  for (let round = 0; ; round++) {
    for (const address of addressesOf(options.config, { addresses })) {
      const where = `${address.host}:${address.port}`;
      try {
        const outcome = await askOnce(address, options, { ...options.facts, installation });
        if (outcome.kind === 'joined') {
          const { node, credential, receiver } = outcome.joined;
          const certificates = code.certificate === undefined ? undefined : [code.certificate];
          const membership = {
            node,
            credential,
            receiver,
            certificates,
            addresses,
            code: code.id,
            machine: options.machine,
          };
          await writeMembership(directory, { ...membership, secret: outcome.secret });
          log.info({ node, receiver: where }, 'this machine has joined the receiver');
          return { ...membership, secret: outcome.secret };
        }
        throw refusedForGood(outcome.refusal, where);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof UserError) throw error;
        options.onTrouble(`${where}: ${describeError(error)}`);
        if (round === 0) log.warn({ receiver: where, reason: describeError(error) }, 'cannot join yet');
      }
    }
    await clock.sleep(backoffMs(round, BACKOFF, Math.random), signal);
  }
}

async function askOnce(
  address: ReceiverAddress,
  options: JoinOptions,
  facts: JoinFacts,
): Promise<JoinOutcome> {
  const { code, signal } = options;
  const certificates = code.certificate === undefined ? undefined : [code.certificate];
  const connection = await connectTo(address, { certificates, timeoutMs: CONNECT_MS }, signal);
  const hangUp = (): void => void connection.socket.destroy();
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    const outcome = await exchangeJoin(connection, code, facts);
    // Full for now, shutting down, too many strangers at once: not the code's fault.
    if (outcome.kind === 'refused' && !FINAL_CODES.has(outcome.refusal.code))
      throw new Error(outcome.refusal.message);
    return outcome;
  } finally {
    signal.removeEventListener('abort', hangUp);
    hangUp();
  }
}

/** The refusals after which another try would end in the same way. */
const FINAL_CODES: ReadonlySet<string> = new Set(['auth', 'join', 'version', 'name', 'protocol']);

function refusedForGood(
  refusal: Extract<JoinOutcome, { kind: 'refused' }>['refusal'],
  where: string,
): UserError {
  return new UserError('JOIN_CODE_INVALID', `the receiver at ${where} refuses: ${refusal.message}`, {
    hint: 'On the receiver, fleetkeep-receiver join-code makes a new code.',
  });
}

function addressOf(text: string): ReceiverAddress {
  const parsed = parseHostPort(text);
  if (parsed === undefined)
    throw new UserError('JOIN_CODE_INVALID', `the join code names ${JSON.stringify(text)} as an address`);
  return { host: parsed.host, port: parsed.port ?? DEFAULT_PORT };
}

/** By this a receiver knows a machine again whose first try it answered, but which did not hear the answer. */
async function readInstallation(directory: string): Promise<string> {
  const path = join(directory, 'installation');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    const id: string = randomUUID();
    await makeDirectory(directory);
    await replaceFile(path, `${id}\n`);
    return id;
  }
}
