import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { addCommonOptions } from '../../shared/cli/common-options.ts';
import { parseDurationMs, parseInteger } from '../../shared/cli/option-parsers.ts';
import { UsageError } from '../../shared/errors/errors.ts';
import { formatMoment } from '../../shared/time/format-time.ts';
import type { SilenceStatus } from '../alerts/describe-incident.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';
import { renderSilences } from './render-alerts.ts';
import { userName } from './user-name.ts';

interface SilenceFlags {
  readonly for?: number;
  readonly why: string;
  readonly by?: string;
}

/** What the receiver says of a silence that it has begun. */
interface BegunSilence extends SilenceStatus {
  /** Whether there is something that it is about. */
  readonly matches: boolean;
}

/** `fleetkeep-receiver silence X`, and what can be done with silences. */
export function addSilence(command: Command, context: CommandContext): void {
  command
    .description(
      'Tell nobody about a node, a rule or an alert for a while. It stays in the history; what still lasts at the end is told then.',
    )
    .argument('<what>', 'a node, a rule or the key of an alert; * and ? stand for anything: "lab-*"')
    .option('--for <time>', 'how long, such as 30min, 2h or 7d', parseDurationMs)
    .option('--why <text>', 'the reason', '')
    .option('--by <name>', 'who wants it; otherwise who types this')
    .action(async (pattern: string, flags: SilenceFlags) => {
      if (flags.for === undefined) {
        throw new UsageError('USAGE', 'for how long?', {
          hint: `Say it with --for: fleetkeep-receiver silence ${pattern} --for 2h`,
        });
      }
      const loaded = await loadConfigOf(command, context);
      const args = { pattern, for_ms: flags.for, why: flags.why, by: flags.by ?? userName() };
      const silence = (await askReceiver(loaded, 'silence', args)) as BegunSilence;
      context.stdout.write(
        `silence ${silence.id}: nobody is told about ${silence.pattern} until ${formatMoment(Date.parse(silence.ends))}\n`,
      );
      if (!silence.matches) context.stderr.write('It matches no node, rule or alert that there is now.\n');
    });

  addCommonOptions(command.command('list'))
    .description('List the silences that last.')
    .option('--json', 'as JSON')
    .action(async (flags: { readonly json?: boolean }, list: Command) => {
      const silences = (await askReceiver(
        await loadConfigOf(list, context),
        'silences',
      )) as readonly SilenceStatus[];
      context.stdout.write(
        flags.json === true
          ? `${JSON.stringify(silences, undefined, 2)}\n`
          : renderSilences(silences, Date.now()),
      );
    });

  addCommonOptions(command.command('end'))
    .argument('<id>', 'its number', parseInteger({ min: 1, max: Number.MAX_SAFE_INTEGER }))
    .description('End a silence before its time.')
    .action(async (id: number, _flags: unknown, end: Command) => {
      await askReceiver(await loadConfigOf(end, context), 'end-silence', { id });
      context.stdout.write(`silence ${id} is over\n`);
    });
}
