import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError, UserError } from '../errors/errors.ts';
import { makeDirectory } from '../files/make-directory.ts';
import { replaceFile } from '../files/replace-file.ts';
import type {
  ChangeReport,
  InstallOptions,
  Machine,
  MadeReport,
  SystemdPlace,
  UninstallOptions,
} from './install-options.ts';
import type { ProgramName } from './program-command.ts';
import { readIfThere } from './read-if-there.ts';
import { isStateDirectory, systemdUnit } from './systemd-unit.ts';

type Setting<T> = T & Machine;

function unitOf(program: ProgramName): string {
  return `fleetkeep-${program}.service`;
}

/** What this machine has: units of the whole machine for root, otherwise those of the user. */
export function findSystemd(): SystemdPlace {
  const isRoot = process.getuid?.() === 0;
  return {
    // What sd_booted(3) looks at.
    isRunning: existsSync('/run/systemd/system'),
    scope: isRoot ? 'system' : 'user',
    unitDirectory: isRoot ? '/etc/systemd/system' : join(homedir(), '.config', 'systemd', 'user'),
  };
}

/**
 * Writes the unit, enables and starts it.
 *
 * @throws UserError `INSTALL_FAILED`; a UsageError where systemd does not run
 */
export async function installSystemd(setting: Setting<InstallOptions>): Promise<MadeReport> {
  const { isDryRun, systemd, program } = setting;
  const unit = unitOf(program);
  if (!isDryRun && !systemd.isRunning) {
    throw new UsageError('INSTALL_FAILED', 'systemd does not run on this machine', { hint: 'Use --cron.' });
  }
  const userNotes = await checkUser(setting);
  const text = systemdUnit({ ...setting, scope: systemd.scope });
  const path = join(systemd.unitDirectory, unit);
  const isChanged = (await readIfThere(path)) !== text;
  if (!isDryRun)
    await (isChanged
      ? writeAndStart(path, text, setting)
      : systemctl(['enable', '--now', '--no-block', unit], setting));
  const notes = [...userNotes, ...(isDryRun ? [] : await keepAfterLogout(setting))];
  const steps = isChanged ? [`write ${path}`, `enable ${unit} and start it`] : [];
  return { isDryRun, text, steps, notes };
}

/**
 * Stops and removes the unit; where there is none, there is nothing to do.
 *
 * @throws UserError `INSTALL_FAILED`
 */
export async function uninstallSystemd(setting: Setting<UninstallOptions>): Promise<ChangeReport> {
  const { isDryRun, systemd } = setting;
  const unit = unitOf(setting.program);
  const path = join(systemd.unitDirectory, unit);
  if ((await readIfThere(path)) === undefined) return { isDryRun, steps: [], notes: [] };
  if (!isDryRun) {
    if (systemd.isRunning) await systemctl(['disable', '--now', unit], setting);
    await rm(path);
    if (systemd.isRunning) await systemctl(['daemon-reload'], setting);
  }
  return { isDryRun, steps: [`stop and disable ${unit}`, `remove ${path}`], notes: [] };
}

async function writeAndStart(path: string, text: string, setting: Setting<InstallOptions>): Promise<void> {
  try {
    await makeDirectory(dirname(path));
    await replaceFile(path, text);
  } catch (cause) {
    throw new UserError('INSTALL_FAILED', `cannot write ${path}`, { cause });
  }
  await systemctl(['daemon-reload'], setting);
  await systemctl(['enable', unitOf(setting.program)], setting);
  // Not `enable --now`: that leaves a program running as an older unit had started it. Nor is it waited for until the program
  // works: one that runs already, from cron perhaps, keeps it from that, and this method is still the one to have.
  await systemctl(['restart', '--no-block', unitOf(setting.program)], setting);
}

/**
 * Makes sure that the program may run as the user that was named; returns what is left to do by hand.
 *
 * @throws UsageError without root; UserError `INSTALL_FAILED` when there is no such user
 */
async function checkUser(setting: Setting<InstallOptions>): Promise<readonly string[]> {
  const { user, systemd, run, dataDirectory, otherDirectories = [], command } = setting;
  if (user === undefined) return [];
  if (systemd.scope !== 'system') {
    const hint = 'Use sudo, or leave --user out: the unit then runs as you.';
    throw new UsageError('USAGE', '--user is for a unit of the machine, which only root can make', { hint });
  }
  const known = await run('id', ['-u', user]);
  if (known.kind !== 'ended' || known.exitCode !== 0) {
    throw new UserError('INSTALL_FAILED', `there is no user ${user}`, {
      hint: `useradd --system --no-create-home --shell /usr/sbin/nologin ${user}`,
    });
  }
  const own = [...(isStateDirectory(dataDirectory) ? [] : [dataDirectory]), ...otherDirectories];
  return [
    `${user} must be able to read ${command.configPath}, and the files of passwords that it names.`,
    ...own.map((path) => `${path} must belong to ${user}: chown -R ${user} ${path}`),
  ];
}

/** A user's services start at boot, and outlive the user's session, only when the user lingers. */
async function keepAfterLogout({
  systemd,
  run,
  program,
}: Setting<InstallOptions>): Promise<readonly string[]> {
  if (systemd.scope === 'system') return [];
  const result = await run('loginctl', ['enable-linger']);
  if (result.kind === 'ended' && result.exitCode === 0) return [];
  return [
    `The ${program} will run only while you are logged in; \`sudo loginctl enable-linger $USER\` changes that.`,
  ];
}

async function systemctl(
  args: readonly string[],
  { systemd, run }: Setting<UninstallOptions>,
): Promise<void> {
  const all = systemd.scope === 'user' ? ['--user', ...args] : args;
  const result = await run('systemctl', all);
  if (result.kind === 'ended' && result.exitCode === 0) return;
  const why = result.kind === 'missing' ? 'there is no such command' : result.stderr.trim();
  throw new UserError('INSTALL_FAILED', `\`systemctl ${all.join(' ')}\` failed: ${why}`, {
    hint: 'Mend that and try again, or use --cron.',
  });
}
