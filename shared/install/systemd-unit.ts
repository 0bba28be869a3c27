import { UserError } from '../errors/errors.ts';
import type { ProgramCommand, ProgramName } from './program-command.ts';

/** What a unit is made of. */
export interface SystemdUnitOptions {
  readonly command: ProgramCommand;
  /** Where the program may write; nowhere else. */
  readonly dataDirectory: string;
  readonly otherDirectories?: readonly string[] | undefined;
  /** Who the program runs as, in a unit of the machine; root when nobody is named. */
  readonly user?: string | undefined;
  /** Of the whole machine, or of one user. */
  readonly scope: SystemdScope;
}

/** Whose systemd starts the unit. */
export type SystemdScope = 'system' | 'user';

const DESCRIPTIONS: Readonly<Record<ProgramName, string>> = {
  sender: 'Fleetkeep sender: samples this machine and sends its log to the receiver',
  receiver: 'Fleetkeep receiver: keeps and mirrors the logs of the nodes, and tells when one is gone',
};

/** Both managers enforce these without privileges. */
const HARDENING = [
  'NoNewPrivileges=yes',
  'LockPersonality=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'RestrictNamespaces=yes',
  'SystemCallArchitectures=native',
  // AF_NETLINK: how libc lists the network interfaces.
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
];

/**
 * These need a mount namespace, which a user's manager may not be allowed to make. Not in the list, because metrics would
 * go blind or Node would not run: PrivateDevices (disks, sensors), ProtectClock (implies a device policy), ProcSubset and
 * ProtectProc (/proc), PrivateNetwork and PrivateUsers, MemoryDenyWriteExecute (V8 compiles at run time).
 */
const SYSTEM_HARDENING = [
  'ProtectSystem=strict',
  'ProtectHome=read-only',
  'ProtectControlGroups=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectHostname=yes',
];

/**
 * The text of `fleetkeep-sender.service` or `fleetkeep-receiver.service`.
 *
 * @throws UserError `INSTALL_FAILED` when a path cannot be written in a unit
 */
export function systemdUnit(options: SystemdUnitOptions): string {
  const { command, dataDirectory, otherDirectories = [], user, scope } = options;
  // With «-» one that is missing does not keep the program from starting: it has to tell that a drive is not there.
  const writable = [dataDirectory, ...otherDirectories.map((path) => `-${path}`)].map(quoteValue).join(' ');
  const isSystem = scope === 'system';
  return `${[
    '[Unit]',
    `Description=${DESCRIPTIONS[command.program]}`,
    // A user's manager knows no network-online.target; the program tries again by itself anyway.
    ...(isSystem ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    // It goes on trying for ever: what gives up after five failures watches nobody any more.
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=notify',
    // It is systemd-notify that speaks, not the program itself.
    'NotifyAccess=all',
    `ExecStart=${execStart(command)}`,
    // `systemctl reload`; the sender's settings hold from its next start.
    ...(command.program === 'receiver' ? ['ExecReload=/bin/kill -HUP $MAINPID'] : []),
    'Restart=always',
    'RestartSec=5',
    // A machine whose receiver is away at its first start waits for it; and a receiver may have much to look through.
    'TimeoutStartSec=15min',
    'TimeoutStopSec=20',
    // Every half of it, a process is started to say that all is well.
    'WatchdogSec=5min',
    // Who is alive and only could not say so ends in good order; who is not gets SIGKILL after TimeoutStopSec. No core dump.
    'WatchdogSignal=SIGTERM',
    ...(user === undefined ? [] : [`User=${user}`, ...stateDirectory(dataDirectory)]),
    ...HARDENING,
    ...(isSystem ? [...SYSTEM_HARDENING, `ReadWritePaths=${writable}`] : []),
    '',
    '[Install]',
    `WantedBy=${isSystem ? 'multi-user.target' : 'default.target'}`,
  ].join('\n')}\n`;
}

/** Below /var/lib systemd itself makes the data directory, and gives it to the user of the unit with all that is in it. */
function stateDirectory(dataDirectory: string): readonly string[] {
  const name = /^\/var\/lib\/(\w[\w.-]*(?:\/\w[\w.-]*)*)\/?$/.exec(dataDirectory)?.[1];
  return name === undefined ? [] : [`StateDirectory=${name}`, 'StateDirectoryMode=0700'];
}

/** Whether systemd gives the data directory to the user of the unit. */
export function isStateDirectory(dataDirectory: string): boolean {
  return stateDirectory(dataDirectory).length > 0;
}

/** In arguments `$` begins a variable; in the program's own path it does not, and must not be doubled. */
function execStart({ nodePath, nodeFlags, cliPath, configPath }: ProgramCommand): string {
  const [cli, config] = [cliPath, configPath].map((path) => quoteValue(path.replaceAll('$', '$$$$')));
  return [quoteValue(nodePath), ...nodeFlags, cli, 'start --config', config].join(' ');
}

/** systemd.syntax(7), «Quoting», and specifiers of systemd.unit(5). */
function quoteValue(path: string): string {
  if (/[\n\r\0]/.test(path)) {
    throw new UserError('INSTALL_FAILED', `the path ${JSON.stringify(path)} cannot be written in a unit`, {
      hint: 'Use paths without line breaks.',
    });
  }
  return `"${path.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%')}"`;
}
