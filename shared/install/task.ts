import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors/errors.ts';
import type {
  ChangeReport,
  InstallOptions,
  Machine,
  MadeReport,
  UninstallOptions,
} from './install-options.ts';
import { encodeTask, taskFingerprint, taskName, taskXml } from './task-xml.ts';

type Setting<T> = T & Machine;

/** The integrity levels of an administrator who has confirmed it, and of the system; SIDs are the same in all languages. */
const ELEVATED = /S-1-16-(?:12288|16384)/;

/**
 * Registers the task and starts it.
 *
 * @throws UserError `INSTALL_FAILED`
 */
export async function installTask(setting: Setting<InstallOptions>): Promise<MadeReport> {
  const { isDryRun, program, command } = setting;
  const text = taskXml(command);
  const name = taskName(program);
  if (!isDryRun) await requireAdministrator(setting);
  const isChanged = !(await queryTask(setting))?.includes(taskFingerprint(command));
  if (!isDryRun && isChanged) await register(text, setting);
  // When it runs already, this does nothing.
  if (!isDryRun) await schtasks(['/Run', '/TN', name], setting);
  const steps = isChanged ? [`register the task ${name} and start it`] : [];
  return { isDryRun, text, steps, notes: [] };
}

/**
 * Stops the task and removes it; where there is none, there is nothing to do.
 *
 * @throws UserError `INSTALL_FAILED`
 */
export async function uninstallTask(setting: Setting<UninstallOptions>): Promise<ChangeReport> {
  const { isDryRun, program } = setting;
  const name = taskName(program);
  // Who is no administrator does not see the task, and would be told that there is none.
  await requireAdministrator(setting);
  if ((await queryTask(setting)) === undefined) return { isDryRun, steps: [], notes: [] };
  if (!isDryRun) {
    await endTask(setting);
    await schtasks(['/Delete', '/TN', name, '/F'], setting);
  }
  return { isDryRun, steps: [`stop and remove the task ${name}`], notes: [] };
}

async function register(text: string, setting: Setting<InstallOptions>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'fleetkeep-'));
  try {
    const path = join(directory, 'task.xml');
    await writeFile(path, encodeTask(text));
    await schtasks(['/Create', '/TN', taskName(setting.program), '/XML', path, '/F'], setting);
  } finally {
    await rm(directory, { recursive: true });
  }
  // What an older task has started.
  await endTask(setting);
}

/** The task as the Task Scheduler tells it, or undefined. It is there in the code page of the console, or in UTF-16. */
async function queryTask({ run, program }: Setting<UninstallOptions>): Promise<string | undefined> {
  const result = await run('schtasks', ['/Query', '/TN', taskName(program), '/XML']);
  if (result.kind === 'missing' || result.exitCode !== 0) return undefined;
  return result.stdout.toString('latin1').replaceAll('\0', '');
}

/** It fails where nothing runs. */
async function endTask({ run, program }: Setting<UninstallOptions>): Promise<void> {
  await run('schtasks', ['/End', '/TN', taskName(program)]);
}

async function requireAdministrator({ run }: Machine): Promise<void> {
  const result = await run('whoami', ['/groups']);
  if (result.kind === 'ended' && ELEVATED.test(result.stdout.toString('latin1'))) return;
  throw new UserError('INSTALL_FAILED', 'only an administrator may see and change tasks of the machine', {
    hint: 'Open the terminal with «Run as administrator» and try again.',
  });
}

async function schtasks(args: readonly string[], { run }: Machine): Promise<void> {
  const result = await run('schtasks', args);
  if (result.kind === 'ended' && result.exitCode === 0) return;
  const why =
    result.kind === 'missing'
      ? 'there is no such command'
      : result.stderr.trim() || `exit code ${result.exitCode}`;
  throw new UserError('INSTALL_FAILED', `\`schtasks ${args.join(' ')}\` failed: ${why}`);
}
