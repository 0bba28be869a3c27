import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import type { LoadedConfig } from '../../shared/config/load.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { readBootId } from '../../shared/files/boot-id.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';
import { type CopiesReport, verifyCopies } from '../backup/verify-copies.ts';
import { recordVerification } from '../backup/verify-record.ts';
import { readNodes } from '../fleet/read-nodes.ts';
import { logsRootOf, mirrorRecordOf, verifyRecordOf } from '../settings.ts';
import { knownLogs } from '../verify-by-receiver.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';
import { renderCopies } from './render-copies.ts';

/** `fleetkeep-receiver verify` */
export function addVerify(command: Command, context: CommandContext): void {
  command
    .description(
      'Prove that the copies agree: the live log, the mirror, and the own copy of each connected node. ' +
        'Reads every byte; names what differs by file and offset. Ends with 0 when everything is sound, 1 when something is not, ' +
        'and 3 when something could not be proven.',
    )
    .argument('[node]', 'only the log of this node')
    .option('--json', 'as JSON')
    .action(async (name: string | undefined, options: { readonly json?: boolean }) => {
      const report = await verify(await loadConfigOf(command, context), name);
      const text = options.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : renderCopies(report);
      context.stdout.write(text);
      const failure = failureOf(report);
      if (failure !== undefined) throw failure;
    });
}

/** Undefined when everything is proven. */
function failureOf({ verdict }: CopiesReport): UserError | undefined {
  switch (verdict) {
    case 'sound':
      return undefined;
    case 'not_sound':
      return new UserError('LOG_DAMAGED', 'the copies are not all sound', {
        hint:
          'A running receiver brings back what another copy has: verify again in a moment. Otherwise: ' +
          'fleetkeep-receiver restore mends live logs, backup now the mirror.',
      });
    case 'not_proven':
      return new UserError('NOT_PROVEN', 'not all copies are proven to be sound', {
        hint: 'Nothing is known to be wrong. The lines marked with "?" say what could not be looked at.',
      });
    default:
      return verdict satisfies never;
  }
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
    const report = await verifyCopies({
      logsRoot: logsRootOf(config),
      mirrorDirectory: config.to_directory,
      recordPath: mirrorRecordOf(config),
      bootId: readBootId(),
      known: knownLogs(readNodes(config.receiver.data_directory)),
      node,
    });
    // Whoever verifies may have the right to read only.
    await recordVerification(verifyRecordOf(config), report, Date.now()).catch(() => undefined);
    return report;
  }
}
