import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { JoinCode } from '../../shared/auth/join-code.ts';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import type { Config } from '../../shared/config/config.ts';
import { UsageError, UserError } from '../../shared/errors/errors.ts';
import { installProgram, uninstallProgram } from '../../shared/install/install.ts';
import {
  addMethodOptions,
  type MethodFlags,
  methodOf,
  requireMethod,
} from '../../shared/install/install-methods.ts';
import { renderReport } from '../../shared/install/render-report.ts';
import { createLogger } from '../../shared/logging/logger.ts';
import { ensureMembership } from '../membership/ensure-membership.ts';
import { nodeFlagsFor } from '../node-flags.ts';
import { loadConfigOf } from './command-context.ts';
import { parseJoin } from './parse-join.ts';

/** How long install waits for the receiver, ms. */
const JOIN_MS = 60_000;

interface InstallFlags extends MethodFlags {
  readonly user?: string;
  readonly join?: JoinCode;
  readonly dryRun?: boolean;
}

/** `fleetkeep-sender install` */
export function addInstall(command: Command, context: CommandContext): void {
  addMethodOptions(command)
    .description('Have this machine start the sender at boot, and again whenever it ended.')
    .option('--join <code>', 'join the receiver that made this code first', parseJoin)
    .option(
      '--user <name>',
      'run as this user, who is there already, not as root; systemd units of the machine only',
    )
    .option('--dry-run', 'only print what would be done')
    .action(async (flags: InstallFlags) => {
      const { config, path } = await loadConfigOf(command, context);
      if (path === undefined) {
        const hint =
          'Name it with --config, or make a config.json here: { "host": "address of the receiver" }.';
        throw new UsageError('CONFIG_INVALID', `there is no config.json in ${context.cwd}`, { hint });
      }
      const method = methodOf(flags);
      // Before joining, which may use up a code.
      if (method !== undefined) requireMethod(method, process.platform);
      if (flags.dryRun !== true) await joinFirst(config, flags.join, context);
      const { nodePath, cliPath } = context;
      const report = await installProgram({
        method,
        user: flags.user,
        isDryRun: flags.dryRun === true,
        program: 'sender',
        command: {
          program: 'sender',
          nodePath,
          nodeFlags: nodeFlagsFor(cliPath),
          cliPath,
          configPath: resolve(path),
        },
        dataDirectory: config.sender.data_directory,
      });
      context.stdout.write(renderReport(report));
    });
}

/** `fleetkeep-sender uninstall` */
export function addUninstall(command: Command, context: CommandContext): void {
  command
    .description('Take back what install did. The log and the configuration stay.')
    .option('--dry-run', 'only print what would be done')
    .action(async (flags: { readonly dryRun?: boolean }) => {
      context.stdout.write(
        renderReport(await uninstallProgram({ program: 'sender', isDryRun: flags.dryRun === true })),
      );
    });
}

/** Joins while somebody is there to read what went wrong. Without a code, a machine that has not joined is told so. */
async function joinFirst(config: Config, code: JoinCode | undefined, context: CommandContext): Promise<void> {
  const signal = AbortSignal.any([context.stopSignal(), AbortSignal.timeout(JOIN_MS)]);
  const log = createLogger(config.log_level);
  let trouble = '';
  const onTrouble = (reason: string): void => {
    trouble = `; the last try, ${reason}`;
  };
  try {
    const { node } = await ensureMembership({ config, code, onTrouble, log, signal });
    context.stdout.write(`this machine is node ${node}\n`);
  } catch (error) {
    if (!signal.aborted || error instanceof UserError) throw error;
    throw new UserError(
      'NOT_JOINED',
      `the receiver could not be reached within ${JOIN_MS / 1000} s${trouble}`,
      {
        cause: error,
        hint: 'Check that it runs, and that this machine reaches the addresses in the join code.',
      },
    );
  }
}
