import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import type { Reloaded } from '../live-config.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';

/** `fleetkeep-receiver reload` */
export function addReload(command: Command, context: CommandContext): void {
  command
    .description(
      'Have the running receiver read config.json again. It also looks by itself; this says what came of it.',
    )
    .action(async () => {
      const { applied, overridden, waiting } = (await askReceiver(
        await loadConfigOf(command, context),
        'reload',
      )) as Reloaded;
      const lines = [
        ...(applied.length > 0 ? [`holds from now on: ${applied.join(', ')}`] : []),
        ...overridden.map(
          (key) =>
            `does not hold, since it was set on the web page: ${key} (fleetkeep-receiver settings reset ${key})`,
        ),
        ...(waiting.length > 0 ? [`holds after a restart: ${waiting.join(', ')}`] : []),
      ];
      context.stdout.write(`${lines.length > 0 ? lines.join('\n') : 'nothing has changed'}\n`);
    });
}
