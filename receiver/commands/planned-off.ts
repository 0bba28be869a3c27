import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { parseMoment } from '../../shared/cli/parse-moment.ts';
import { formatMoment } from '../../shared/time/format-time.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';

interface PlannedOffFlags {
  readonly until?: number;
  readonly why: string;
}

const WHICH = 'name of the node; * and ? stand for anything: "lab-*"';

/** `fleetkeep-receiver planned-off X` */
export function addPlannedOff(command: Command, context: CommandContext): void {
  command
    .description(
      'Say that a node will be off, or is, on purpose: nobody is told. It is over when the node is back.',
    )
    .argument('<node>', WHICH)
    .option(
      '--until <time>',
      'if it is not back by then, it counts as lost: 2026-11-20T22:00 (local time), 2026-11-20T22:00Z, or in how long, e.g. 8h',
      (text) => parseMoment(text, 'after now', Date.now()),
    )
    .option('--why <text>', 'the reason', '')
    .action(async (pattern: string, { until, why }: PlannedOffFlags) => {
      const args = { pattern, until_ms: until, why };
      const nodes = (await askReceiver(
        await loadConfigOf(command, context),
        'planned-off',
        args,
      )) as readonly string[];
      const end = until === undefined ? 'it is back' : `${formatMoment(until)}, or it is back`;
      context.stdout.write(nodes.map((node) => `node ${node} is planned off until ${end}\n`).join(''));
    });
}

/** `fleetkeep-receiver planned-on X` */
export function addPlannedOn(command: Command, context: CommandContext): void {
  command
    .description('Take back that a node is off on purpose: if it stays away, it counts as lost.')
    .argument('<node>', WHICH)
    .action(async (pattern: string) => {
      const loaded = await loadConfigOf(command, context);
      const nodes = (await askReceiver(loaded, 'planned-on', { pattern })) as readonly string[];
      context.stdout.write(nodes.map((node) => `node ${node} should be on\n`).join(''));
    });
}
