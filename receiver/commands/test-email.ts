import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { sendTestMail } from '../alerts/send-test-mail.ts';
import { mailOptionsOf } from '../settings.ts';
import { loadConfigOf } from './command-context.ts';

/** `fleetkeep-receiver test-email` */
export function addTestEmail(command: Command, context: CommandContext): void {
  command
    .description('Send a mail to to_addr the way alerts are sent, and say what went wrong if it did.')
    .option('--to-addr <addresses>', 'to somebody else')
    .action(async () => {
      const { config } = await loadConfigOf(command, context);
      const directory = config.receiver.data_directory;
      const sent = await sendTestMail({ mail: await mailOptionsOf(config), directory });
      const text =
        sent.channel === 'smtp'
          ? `a test mail went to ${sent.target}`
          : `mail.smtp is not configured, so the test mail was written into ${sent.target}`;
      context.stdout.write(`${text}\n`);
    });
}
