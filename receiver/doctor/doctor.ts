/**
 * The doctor: looks at everything that the receiver needs from its machine, and says what to do about what is not as it should be.
 * Changes nothing; works whether a receiver runs or not.
 */

import type { Config } from '../../shared/config/config.ts';
import { checkDirectory } from '../../shared/doctor/check-directory.ts';
import { checkClock, checkOpenFiles, checkRuntime } from '../../shared/doctor/check-machine.ts';
import { type Finding, fine, problem, warning } from '../../shared/doctor/finding.ts';
import { describeError, UserError } from '../../shared/errors/errors.ts';
import { formatMoment } from '../../shared/time/format-time.ts';
import type { MailOptions } from '../alerts/mail-options.ts';
import { decideDirectory, gatherFacts, hintFor } from '../backup/check-directory.ts';
import { cronRuns, nextRuns } from '../backup/cron-runs.ts';
import { readMirrorRecord } from '../backup/mirror-record.ts';
import { assertPortFree } from '../ingest/listen-port.ts';
import { checkCertificate } from './check-certificate.ts';
import { checkMailServer } from './check-mail-server.ts';

/** Options of {@link examineReceiver}. */
export interface ExamineOptions {
  readonly config: Config;
  /** Where the live logs are, and where the receiver remembers its mirror. */
  readonly logsRoot: string;
  readonly recordPath: string;
  /** Whether a receiver answers in the data directory. */
  readonly isRunning: boolean;
  readonly nowMs: number;
  /** How mails go out. */
  readonly mail: MailOptions;
}

/** Sockets, log files and the few that every process has, for each node. */
const FILES_A_NODE = 3;
const OTHER_FILES = 100;

/** How many coming runs of the mirror are told. */
const RUNS_TOLD = 3;

/** Looks at everything; in the order in which it matters. */
export async function examineReceiver(options: ExamineOptions): Promise<readonly Finding[]> {
  const { config, nowMs } = options;
  const { receiver } = config;
  return [
    checkRuntime(process.version),
    checkClock(nowMs),
    await checkDirectory('data directory', receiver.data_directory),
    await checkMirror(options),
    checkSchedule(config, nowMs),
    await checkPort(options),
    checkAddress(config),
    ...(config.transport === 'tls' ? [await checkCertificate(config, nowMs)] : [checkPlain()]),
    checkOpenFiles(config.number_of_nodes * FILES_A_NODE + OTHER_FILES),
    await checkMailServer(options.mail),
  ];
}

async function checkMirror({ config, logsRoot, recordPath }: ExamineOptions): Promise<Finding> {
  const { to_directory: directory, mirror } = config;
  const [facts, record] = await Promise.all([gatherFacts(directory, logsRoot), readMirrorRecord(recordPath)]);
  const decision = decideDirectory(facts, {
    allowSameDevice: mirror.allow_same_device,
    requireMountPoint: mirror.require_mount_point,
    record,
    isNewDrive: false,
  });
  if (decision.kind === 'refuse') return problem('mirror', decision.detail, hintFor(decision.reason));
  const isSameDrive = facts.logsDevice === (facts.device ?? facts.parentDevice);
  if (isSameDrive) {
    const hint = 'Point to_directory at a second drive; a copy on the same one does not survive its end.';
    return warning('mirror', `${directory} is on the drive of the logs`, hint);
  }
  return await checkDirectory('mirror', directory);
}

function checkSchedule({ mirror: { schedule, time_zone: timeZone } }: Config, nowMs: number): Finding {
  const runs = nextRuns(cronRuns(schedule, timeZone), RUNS_TOLD, nowMs);
  if (runs.length === 0) {
    const hint = 'Set mirror.schedule in config.json to a time that comes, such as "0 * * * *".';
    return problem('schedule', `the mirror never runs: "${schedule}" names no time that comes`, hint);
  }
  const times = runs.map((atMs) => formatMoment(atMs)).join(', ');
  return fine('schedule', `the mirror runs by "${schedule}" (${timeZone}), next at ${times}`);
}

async function checkPort({ config, isRunning }: ExamineOptions): Promise<Finding> {
  const { port, receiver } = config;
  const where = `${receiver.listen_address}, port ${port}`;
  if (isRunning) return fine('port', `a receiver runs and listens on ${where}`);
  try {
    await assertPortFree(receiver.listen_address, port);
    return fine('port', `${where} is free; no receiver runs`);
  } catch (error) {
    const hint = error instanceof UserError ? error.hint : undefined;
    return problem('port', describeError(error), hint ?? 'Set "port" in config.json.');
  }
}

function checkAddress({ receiver: { listen_address: address } }: Config): Finding {
  const isLoopback = address === 'localhost' || address === '::1' || address.startsWith('127.');
  if (!isLoopback) return fine('reachable', `listens on ${address}`);
  const hint = 'Set "host" in config.json to the address of this machine, or "0.0.0.0".';
  return warning('reachable', `${address} is reached from this machine only`, hint);
}

function checkPlain(): Finding {
  const hint =
    'Only for a network that is encrypted already, such as WireGuard. Otherwise remove "transport".';
  return warning('transport', 'plain TCP: everybody on the way can read the logs', hint);
}
