import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { UsageError } from '../../shared/errors/errors.ts';
import { installProgram, uninstallProgram } from '../../shared/install/install.ts';
import { addMethodOptions, type MethodFlags, methodOf } from '../../shared/install/install-methods.ts';
import { renderReport } from '../../shared/install/render-report.ts';
import { NODE_FLAGS } from '../node-flags.ts';
import { loadConfigOf } from './command-context.ts';

interface InstallFlags extends MethodFlags {
  readonly user?: string;
  readonly dryRun?: boolean;
}

/** `fleetkeep-receiver install` */
export function addInstall(command: Command, context: CommandContext): void {
  addMethodOptions(command)
    .description('Have this machine start the receiver at boot, and again whenever it ended.')
    .option(
      '--user <name>',
      'run as this user, who is there already, not as root; systemd units of the machine only',
    )
    .option('--dry-run', 'only print what would be done')
    .action(async (flags: InstallFlags) => {
      const { config, path } = await loadConfigOf(command, context);
      if (path === undefined) {
        const hint =
          'Name it with --config, or make a config.json here: { "host": "address of this machine" }.';
        throw new UsageError('CONFIG_INVALID', `there is no config.json in ${context.cwd}`, { hint });
      }
      const { nodePath, cliPath } = context;
      const report = await installProgram({
        program: 'receiver',
        method: methodOf(flags),
        user: flags.user,
        isDryRun: flags.dryRun === true,
        command: { program: 'receiver', nodePath, nodeFlags: NODE_FLAGS, cliPath, configPath: resolve(path) },
        dataDirectory: config.receiver.data_directory,
        otherDirectories: [config.to_directory],
      });
      context.stdout.write(renderReport(report));
    });
}

/** `fleetkeep-receiver uninstall` */
export function addUninstall(command: Command, context: CommandContext): void {
  command
    .description('Take back what install did. Logs, mirror and configuration stay.')
    .option('--dry-run', 'only print what would be done')
    .action(async (flags: { readonly dryRun?: boolean }) => {
      const options = { program: 'receiver', isDryRun: flags.dryRun === true } as const;
      context.stdout.write(renderReport(await uninstallProgram(options)));
    });
}
