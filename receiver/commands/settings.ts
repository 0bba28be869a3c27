import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { addCommonOptions } from '../../shared/cli/common-options.ts';
import { formatRelative } from '../../shared/cli/format.ts';
import { UsageError } from '../../shared/errors/errors.ts';
import type { SettingStatus } from '../page-settings/live-sleeptime.ts';
import type { ReceiverStatus } from '../status.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';

/** `fleetkeep-receiver settings` */
export function addSettings(command: Command, context: CommandContext): void {
  command
    .description('List what was set on the web page. It overrides config.json until it is reset.')
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const status = (await askReceiver(await loadConfigOf(command, context), 'status')) as ReceiverStatus;
      const text =
        options.json === true
          ? `${JSON.stringify(status.settings, undefined, 2)}\n`
          : renderSettings(status.settings, Date.now());
      context.stdout.write(text);
    });

  addCommonOptions(command.command('reset <key>'))
    .description('Have config.json decide again about a key that was set on the web page: sleeptime.')
    .action(async (key: string, _flags: unknown, reset: Command) => {
      if (key !== 'sleeptime') {
        throw new UsageError('USAGE', `${JSON.stringify(key)} is not a key that the web page sets`, {
          hint: 'The web page sets one: sleeptime.',
        });
      }
      const loaded = await loadConfigOf(reset, context);
      const { was_set: wasSet, seconds } = (await askReceiver(loaded, 'reset-setting', { key })) as {
        readonly was_set: boolean;
        readonly seconds: number;
      };
      const found = wasSet ? 'config.json decides again' : 'it was not set on the web page';
      context.stdout.write(`${found}: ${key} is ${seconds} s\n`);
    });
}

function renderSettings(settings: readonly SettingStatus[], nowMs: number): string {
  if (settings.length === 0) return 'nothing was set on the web page; config.json decides\n';
  return settings.map((setting) => `${describeSetting(setting, nowMs)}\n`).join('');
}

/** In one line: what holds, since when, what config.json says, and how to go back. */
export function describeSetting({ key, value, set, configured }: SettingStatus, nowMs: number): string {
  return (
    `${key} ${value} s, set on the web page ${formatRelative(Date.parse(set), nowMs)}; config.json says ${configured} s ` +
    `(to go back: fleetkeep-receiver settings reset ${key})`
  );
}
