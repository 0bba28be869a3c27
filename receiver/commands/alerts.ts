import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { addCommonOptions } from '../../shared/cli/common-options.ts';
import { parseInteger } from '../../shared/cli/option-parsers.ts';
import { printable } from '../../shared/cli/table.ts';
import type { LoadedConfig } from '../../shared/config/load.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { describeIncident, type IncidentStatus, isCurrent } from '../alerts/describe-incident.ts';
import { readIncidents } from '../alerts/read-incidents.ts';
import { requireReceiverData } from '../fleet/read-nodes.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';
import { renderAlerts } from './render-alerts.ts';
import { userName } from './user-name.ts';

interface ListFlags {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly limit: number;
}

interface AcknowledgeFlags {
  readonly by?: string;
  readonly note: string;
}

/** `fleetkeep-receiver alerts`, and what can be done with one of them. */
export function addAlerts(command: Command, context: CommandContext): void {
  command
    .description('List what is wrong now and what happened within a day; also while no receiver runs.')
    .option('--all', 'also what is over: the history')
    .option('--limit <count>', 'how many of the history', parseInteger({ min: 1, max: 20_000 }), 100)
    .option('--json', 'as JSON')
    .action(async (flags: ListFlags) => {
      const alerts = await findAlerts(await loadConfigOf(command, context), flags);
      context.stdout.write(
        flags.json === true ? `${JSON.stringify(alerts, undefined, 2)}\n` : renderAlerts(alerts, Date.now()),
      );
    });

  addCommonOptions(command.command('ack'))
    .argument('<id...>', 'numbers of alerts')
    .description('Acknowledge alerts: say that somebody takes care. There are no reminders of them any more.')
    .option('--by <name>', 'who; otherwise who types this')
    .option('--note <text>', 'what is being done about it', '')
    .action(async (ids: readonly string[], { by = userName(), note }: AcknowledgeFlags, ack: Command) => {
      const parseId = parseInteger({ min: 1, max: Number.MAX_SAFE_INTEGER });
      const args = { ids: ids.map(parseId), by, note };
      const acknowledged = (await askReceiver(
        await loadConfigOf(ack, context),
        'ack-alerts',
        args,
      )) as readonly IncidentStatus[];
      for (const { id, title } of acknowledged)
        context.stdout.write(`alert ${id} acknowledged: ${printable(title)}\n`);
    });
}

/** From the running receiver; else as they were last written. */
async function findAlerts(
  loaded: LoadedConfig,
  { all = false, limit }: ListFlags,
): Promise<readonly IncidentStatus[]> {
  try {
    return (await askReceiver(loaded, 'alerts', { all, limit })) as readonly IncidentStatus[];
  } catch (error) {
    if (!(error instanceof UserError && error.code === 'NOT_RUNNING')) throw error;
    const { data_directory: directory } = loaded.config.receiver;
    requireReceiverData(directory);
    const incidents = readIncidents(directory, limit);
    return incidents.map(describeIncident).filter((alert) => all || isCurrent(alert, Date.now()));
  }
}
