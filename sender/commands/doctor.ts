import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { requestControl } from '../../shared/control/request-control.ts';
import { renderFindings } from '../../shared/doctor/finding.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { examineSender } from '../doctor/doctor.ts';
import type { SenderStatus } from '../status.ts';
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
      const uplink = await askUplink(config.sender.data_directory);
      const isRunning = uplink !== undefined;
      const findings = await examineSender({ config, isRunning, uplink, nowMs: Date.now() });
      const text =
        options.json === true ? `${JSON.stringify(findings, undefined, 2)}\n` : renderFindings(findings);
      context.stdout.write(text);
      const problems = findings.filter(({ level }) => level === 'problem').length;
      if (problems > 0)
        throw new UserError('UNHEALTHY', `${problems} of ${findings.length} things do not work as they are`);
    });
}

/** How often the sender is asked while it is just connecting, and how long it takes between, ms. */
const ASKS = 10;
const BETWEEN_MS = 500;

/**
 * How the uplink of the running sender does; undefined when none runs. Waits while it is between
 * two tries.
 */
async function askUplink(directory: string): Promise<SenderStatus['uplink'] | undefined> {
  let found: SenderStatus['uplink'] | undefined;
  for (let ask = 0; ask < ASKS; ask++) {
    if (ask > 0) await systemClock.sleep(BETWEEN_MS);
    found = await requestControl({ directory, name: 'sender', command: 'status' }).then(
      (status) => (status as SenderStatus).uplink,
      () => undefined,
    );
    if (found?.kind !== 'connecting') return found;
  }
  return found;
}
