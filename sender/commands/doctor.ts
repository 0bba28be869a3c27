import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { requestControl } from '../../shared/control/request-control.ts';
import { renderFindings } from '../../shared/doctor/finding.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { examineSender } from '../doctor/doctor.ts';
import { loadConfigOf } from './command-context.ts';

/** `fleetkeep-sender doctor` */
export function addDoctor(command: Command, context: CommandContext): void {
  command
    .description(
      'Look at everything that the sender needs, the receiver included, and say what to do about the rest.',
    )
    .option('--data-directory <dir>', 'where its log is kept')
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const { config } = await loadConfigOf(command, context);
      const isRunning = await isAnswering(config.sender.data_directory);
      const findings = await examineSender({ config, isRunning, nowMs: Date.now() });
      const text =
        options.json === true ? `${JSON.stringify(findings, undefined, 2)}\n` : renderFindings(findings);
      context.stdout.write(text);
      const problems = findings.filter(({ level }) => level === 'problem').length;
      if (problems > 0)
        throw new UserError('UNHEALTHY', `${problems} of ${findings.length} things do not work as they are`);
    });
}

async function isAnswering(directory: string): Promise<boolean> {
  return await requestControl({ directory, name: 'sender', command: 'status' }).then(
    () => true,
    () => false,
  );
}
