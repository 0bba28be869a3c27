import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { requestControl } from '../../shared/control/request-control.ts';
import type { SenderStatus } from '../status.ts';
import { loadConfigOf } from './command-context.ts';
import { renderStatus } from './render-status.ts';

/** `fleetkeep-sender status` */
export function addStatus(command: Command, context: CommandContext): void {
  command
    .description('Show how the running sender does: its log, the receiver, what is still to be sent.')
    .option('--data-directory <dir>', 'where its log is kept')
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const directory = (await loadConfigOf(command, context)).config.sender.data_directory;
      // The answer comes from the same program, of the same version.
      const status = (await requestControl({ directory, name: 'sender', command: 'status' })) as SenderStatus;
      const text =
        options.json === true
          ? `${JSON.stringify(status, undefined, 2)}\n`
          : renderStatus(status, Date.now());
      context.stdout.write(text);
    });
}
