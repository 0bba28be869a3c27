import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { printable } from '../../shared/cli/table.ts';
import { UserError } from '../../shared/errors/errors.ts';
import type { SendResult } from '../../shared/mail/send-result.ts';
import { type TestTry, tryTestMails } from '../alerts/send-test-mail.ts';
import { mailOptionsOf } from '../settings.ts';
import { loadConfigOf } from './command-context.ts';

/** `fleetkeep-receiver test-email` */
export function addTestEmail(command: Command, context: CommandContext): void {
  command
    .description('Send a mail to each address of to_addr the way alerts are sent, and say what became of it.')
    .option('--to-addr <addresses>', 'to somebody else')
    .action(async () => {
      const { config } = await loadConfigOf(command, context);
      const directory = config.receiver.data_directory;
      const tries = await tryTestMails({ mail: await mailOptionsOf(config), directory });
      context.stdout.write(tries.map(renderTry).join(''));
      const failed = tries.filter(({ result }) => result.kind !== 'sent');
      if (failed.length === 0) return;
      throw new UserError('MAIL_FAILED', `${failed.length} of ${tries.length} test mails were not sent`, {
        hint: failed.map(({ result }) => hintOf(result)).find((hint) => hint !== undefined),
      });
    });
}

function renderTry({ channel, target, server, result }: TestTry): string {
  if (channel !== 'smtp') {
    return result.kind === 'sent'
      ? `mail.smtp is not configured, so the test mail was written into ${target}\n`
      : `! the test mail was not written into ${target}: ${result.error}\n`;
  }
  return result.kind === 'sent'
    ? `${printable(target)}: ${server} has taken a test mail\n`
    : `! ${printable(target)}: ${printable(result.error)}\n`;
}

function hintOf(result: SendResult): string | undefined {
  return result.kind === 'sent' ? undefined : result.hint;
}
