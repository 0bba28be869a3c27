import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import type { LoadedConfig } from '../../shared/config/load.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';
import { type CopiesReport, verifyCopies } from '../backup/verify-copies.ts';
import { logsRootOf } from '../settings.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';
import { renderCopies } from './render-copies.ts';

/** `fleetkeep-receiver verify` */
export function addVerify(command: Command, context: CommandContext): void {
  command
    .description(
      'Prove that the copies agree: the live log, the mirror, and the own copy of each connected node. ' +
        'Reads every byte; names what differs by file and offset.',
    )
    .argument('[node]', 'only the log of this node')
    .option('--json', 'as JSON')
    .action(async (name: string | undefined, options: { readonly json?: boolean }) => {
      const report = await verify(await loadConfigOf(command, context), name);
      const text = options.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : renderCopies(report);
      context.stdout.write(text);
      if (report.isSound) return;
      const hint =
        'The other copies have the bytes: fleetkeep-receiver restore mends live logs, backup now the mirror.';
      throw new UserError('LOG_DAMAGED', 'the copies are not all sound', { hint });
    });
}

/** By the running receiver, which can ask the nodes; else what lies here. */
async function verify(loaded: LoadedConfig, name: string | undefined): Promise<CopiesReport> {
  const node = name === undefined ? undefined : parseNodeName(name);
  try {
    // The answer comes from the same program, of the same version.
    return (await askReceiver(loaded, 'verify', { node })) as CopiesReport;
  } catch (error) {
    if (!(error instanceof UserError && error.code === 'NOT_RUNNING')) throw error;
    const { config } = loaded;
    return await verifyCopies({ logsRoot: logsRootOf(config), mirrorDirectory: config.to_directory, node });
  }
}
