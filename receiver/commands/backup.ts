import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { describeLacking } from '../backup/describe-lacking.ts';
import type { MirrorRun } from '../backup/mirror.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';
import { renderMirrorRun } from './render-mirror.ts';

/** `fleetkeep-receiver backup now` */
export function addBackup(command: Command, context: CommandContext): void {
  command.description('The mirror of all logs on the secondary drive.');
  const now = command
    .command('now')
    .description('Bring the mirror up to date at once.')
    .option('--new-drive', 'to_directory is a new drive: begin a new mirror there');
  now.action(async (options: { readonly newDrive?: boolean }) => {
    const loaded = await loadConfigOf(now, context);
    const args = { is_new_drive: options.newDrive === true };
    // The answer comes from the same program, of the same version.
    const run = (await askReceiver(loaded, 'backup', args)) as MirrorRun;
    if (run.kind !== 'succeeded') {
      throw new UserError('MIRROR_UNUSABLE', run.problem.title, { hint: run.problem.detail });
    }
    const lacking = describeLacking(run);
    if (lacking !== undefined) {
      const hint = 'fleetkeep-receiver alerts says why; each run of the mirror asks the nodes again.';
      throw new UserError('LOG_DAMAGED', lacking, { hint });
    }
    const { writtenBytes, tookMs } = run.success;
    context.stdout.write(renderMirrorRun(writtenBytes, tookMs, run.logs.length, loaded.config.to_directory));
  });
}
