import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../errors/errors.ts';
import { makeDirectory } from '../files/make-directory.ts';
import { replaceFile } from '../files/replace-file.ts';
import type {
  ChangeReport,
  InstallOptions,
  LaunchdPlace,
  Machine,
  MadeReport,
  UninstallOptions,
} from './install-options.ts';
import { launchdLabel, launchdPlist } from './launchd-plist.ts';
import type { ProgramName } from './program-command.ts';
import { readIfThere } from './read-if-there.ts';
import type { CommandResult } from './run-command.ts';

type Setting<T> = T & Machine;

/** How long a job may take to end before a new one takes its name, ms: its ExitTimeOut, and a little. */
const END_MS = 25_000;
const POLL_MS = 250;

/** What this user may have: daemons of the machine for root, otherwise agents, which live as long as the user's session. */
export function findLaunchd(): LaunchdPlace {
  const uid = process.getuid?.() ?? 0;
  return uid === 0
    ? { scope: 'daemon', domain: 'system', directory: '/Library/LaunchDaemons' }
    : { scope: 'agent', domain: `gui/${uid}`, directory: join(homedir(), 'Library', 'LaunchAgents') };
}

/**
 * Writes the property list and loads the job, which starts it.
 *
 * @throws UserError `INSTALL_FAILED`
 */
export async function installLaunchd(setting: Setting<InstallOptions>): Promise<MadeReport> {
  const { isDryRun, launchd, program } = setting;
  const text = launchdPlist(setting.command);
  const path = plistPath(program, launchd);
  const isChanged = (await readIfThere(path)) !== text;
  const isLoaded = !isDryRun && !isChanged && (await isKnown(setting));
  if (!isDryRun && isChanged) await write(path, text);
  if (!isDryRun && !isLoaded) await reload(path, setting);
  const steps = isChanged ? [`write ${path}`, `load ${launchdLabel(program)}, which starts it`] : [];
  return { isDryRun, text, steps, notes: notesOf(setting) };
}

/**
 * Stops the job and removes its property list; where there is none, there is nothing to do.
 *
 * @throws UserError `INSTALL_FAILED`
 */
export async function uninstallLaunchd(setting: Setting<UninstallOptions>): Promise<ChangeReport> {
  const { isDryRun, launchd, program } = setting;
  const path = plistPath(program, launchd);
  if ((await readIfThere(path)) === undefined) return { isDryRun, steps: [], notes: [] };
  if (!isDryRun) {
    await unload(setting);
    await rm(path);
  }
  return { isDryRun, steps: [`stop and unload ${launchdLabel(program)}`, `remove ${path}`], notes: [] };
}

function plistPath(program: ProgramName, { directory }: LaunchdPlace): string {
  return join(directory, `${launchdLabel(program)}.plist`);
}

function notesOf({ launchd, program }: Setting<InstallOptions>): readonly string[] {
  if (launchd.scope === 'daemon') return [];
  return [`The ${program} will run only while you are logged in; installed with sudo it runs from boot on.`];
}

async function write(path: string, text: string): Promise<void> {
  try {
    await makeDirectory(dirname(path));
    // launchd takes no file that others may write.
    await replaceFile(path, text, { mode: 0o644 });
  } catch (cause) {
    throw new UserError('INSTALL_FAILED', `cannot write ${path}`, { cause });
  }
}

async function reload(path: string, setting: Setting<InstallOptions>): Promise<void> {
  await unload(setting);
  // Somebody may have disabled it; that outlives its file.
  await launchctl(setting, 'enable', targetOf(setting));
  await launchctl(setting, 'bootstrap', setting.launchd.domain, path);
}

/** Ends the job, if there is one. `bootout` may return before it has, and until then `bootstrap` fails with an error 5. */
async function unload(setting: Setting<UninstallOptions>): Promise<void> {
  const { clock, run } = setting;
  if (!(await isKnown(setting))) return;
  const target = targetOf(setting);
  // Its exit code tells little: 36 is «in progress», for instance. What counts is whether the job goes.
  const result = await run('launchctl', ['bootout', target]);
  const deadlineMs = clock.monotonic() + END_MS;
  while (await isKnown(setting)) {
    if (clock.monotonic() > deadlineMs) {
      const message = `${target} has not ended within ${END_MS / 1000} s`;
      throw new UserError('INSTALL_FAILED', message, { hint: `launchctl says: ${complaintOf(result)}` });
    }
    await clock.sleep(POLL_MS);
  }
}

async function isKnown(setting: Setting<UninstallOptions>): Promise<boolean> {
  const result = await setting.run('launchctl', ['print', targetOf(setting)]);
  return result.kind === 'ended' && result.exitCode === 0;
}

function targetOf({ launchd, program }: Setting<UninstallOptions>): string {
  return `${launchd.domain}/${launchdLabel(program)}`;
}

async function launchctl({ run, launchd }: Machine, ...args: readonly string[]): Promise<void> {
  const result = await run('launchctl', args);
  if (result.kind === 'ended' && result.exitCode === 0) return;
  const hint =
    launchd.scope === 'agent'
      ? 'An agent can be loaded only by who is logged in at the screen; with sudo it becomes a daemon. Or use --cron.'
      : 'Mend that and try again, or use --cron.';
  const message = `\`launchctl ${args.join(' ')}\` failed: ${complaintOf(result)}`;
  throw new UserError('INSTALL_FAILED', message, { hint });
}

function complaintOf(result: CommandResult): string {
  if (result.kind === 'missing') return 'there is no such command';
  return result.stderr.trim() || `exit code ${result.exitCode}`;
}
