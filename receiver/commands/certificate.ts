import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { addCommonOptions } from '../../shared/cli/common-options.ts';
import type { CertificateStatus } from '../certificate-change.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';

/** `fleetkeep-receiver certificate`, and its change. */
export function addCertificate(command: Command, context: CommandContext): void {
  command
    .description('Show by which certificate the nodes know this receiver.')
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const status = (await askReceiver(
        await loadConfigOf(command, context),
        'certificate',
      )) as CertificateStatus;
      context.stdout.write(
        options.json === true ? `${JSON.stringify(status, undefined, 2)}\n` : render(status),
      );
    });

  addCommonOptions(command.command('rotate'))
    .description(
      'Make a new key and certificate, announce them to the nodes, and use them once every node knows them. No node has to be visited.',
    )
    .option('--now', 'use the announced ones now; nodes that do not know them yet have to join anew')
    .action(async (flags: { readonly now?: boolean }, rotate: Command) => {
      const loaded = await loadConfigOf(rotate, context);
      const args = { now: flags.now === true };
      context.stdout.write(
        render((await askReceiver(loaded, 'rotate-certificate', args)) as CertificateStatus),
      );
    });
}

function render({ sha256, not_after: notAfter, next }: CertificateStatus): string {
  const lines = [`in use  ${colons(sha256)}, until ${notAfter}`];
  if (next !== null) {
    lines.push(`next    ${colons(next.sha256)}, until ${next.not_after}`);
    lines.push(`        waits for ${next.waiting_for.join(', ')}, to be connected once`);
  }
  return `${lines.join('\n')}\n`;
}

/** The way in which openssl and browsers print it. */
function colons(sha256: string): string {
  return (sha256.toUpperCase().match(/../g) ?? []).join(':');
}
