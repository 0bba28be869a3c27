import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';

/** `fleetkeep-receiver web-password` */
export function addWebPassword(command: Command, context: CommandContext): void {
  command
    .description('Print a link by which a user of the web app sets a new password.')
    .option('--user <name>', 'whose password; one who is new becomes an administrator', 'admin')
    .action(async ({ user }: { readonly user: string }) => {
      const { link } = (await askReceiver(await loadConfigOf(command, context), 'web-password', {
        user,
      })) as {
        readonly link: string;
      };
      context.stdout.write(`${link}\n`);
    });
}
