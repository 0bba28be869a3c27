import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import type { LoadedConfig } from '../../shared/config/load.ts';
import { renderFindings } from '../../shared/doctor/finding.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { examineReceiver } from '../doctor/doctor.ts';
import { logsRootOf, mailOptionsOf } from '../settings.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';

/** `fleetkeep-receiver doctor` */
export function addDoctor(command: Command, context: CommandContext): void {
  command
    .description(
      'Look at everything that the receiver needs of this machine, and say what to do about the rest.',
    )
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const loaded = await loadConfigOf(command, context);
      const { config } = loaded;
      const findings = await examineReceiver({
        mail: await mailOptionsOf(config),
        config,
        logsRoot: logsRootOf(config),
        recordPath: join(config.receiver.data_directory, 'mirror.json'),
        isRunning: await isRunning(loaded),
        nowMs: Date.now(),
      });
      const text =
        options.json === true ? `${JSON.stringify(findings, undefined, 2)}\n` : renderFindings(findings);
      context.stdout.write(text);
      const problems = findings.filter(({ level }) => level === 'problem').length;
      if (problems > 0)
        throw new UserError('UNHEALTHY', `${problems} of ${findings.length} things do not work as they are`);
    });
}

async function isRunning(loaded: LoadedConfig): Promise<boolean> {
  return await askReceiver(loaded, 'status').then(
    () => true,
    () => false,
  );
}
