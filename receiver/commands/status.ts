import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import type { ReceiverStatus } from '../status.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';
import { renderStatus } from './render-status.ts';

/** `fleetkeep-receiver status` */
export function addStatus(command: Command, context: CommandContext): void {
  command
    .description('Show how the running receiver does: nodes, mirror, mail.')
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      // The answer comes from the same program, of the same version.
      const status = (await askReceiver(await loadConfigOf(command, context), 'status')) as ReceiverStatus;
      const text =
        options.json === true
          ? `${JSON.stringify(status, undefined, 2)}\n`
          : renderStatus(status, Date.now());
      context.stdout.write(text);
    });
}
