import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { UsageError } from '../../shared/errors/errors.ts';
import { installSender, uninstallSender } from '../install/install.ts';
import type { InstallMethod } from '../install/install-options.ts';
import { renderReport } from '../install/render-report.ts';
import { loadConfigOf } from './command-context.ts';

interface InstallFlags {
  readonly cron?: boolean;
  readonly systemd?: boolean;
  readonly dryRun?: boolean;
}

/** `fleetkeep-sender install` */
export function addInstall(command: Command, context: CommandContext): void {
  command
    .description('Have this machine start the sender at boot, and again whenever it ended.')
    .addOption(new Option('--cron', 'by two lines in the crontab of this user').conflicts('systemd'))
    .option('--systemd', 'by a systemd unit; the default where systemd runs')
    .option('--dry-run', 'only print what would be done')
    .action(async (flags: InstallFlags) => {
      const { config, path } = await loadConfigOf(command, context);
      if (path === undefined) {
        const hint =
          'Name it with --config, or make a config.json here: { "host": "address of the receiver" }.';
        throw new UsageError('CONFIG_INVALID', `there is no config.json in ${context.cwd}`, { hint });
      }
      const { nodePath, cliPath } = context;
      const report = await installSender({
        method: methodOf(flags),
        isDryRun: flags.dryRun === true,
        command: { nodePath, cliPath, configPath: resolve(path) },
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
      context.stdout.write(renderReport(await uninstallSender({ isDryRun: flags.dryRun === true })));
    });
}

function methodOf(flags: InstallFlags): InstallMethod | undefined {
  if (flags.cron === true) return 'cron';
  return flags.systemd === true ? 'systemd' : undefined;
}
