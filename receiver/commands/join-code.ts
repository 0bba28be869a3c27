import { type Command, Option } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { parseDurationMs, parseInteger } from '../../shared/cli/option-parsers.ts';
import { UsageError } from '../../shared/errors/errors.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';
import { formatMoment } from '../../shared/time/format-time.ts';
import type { MadeJoinCode } from '../make-join-code.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';

interface JoinCodeFlags {
  readonly uses: number;
  readonly expires: number;
  readonly node?: string;
  readonly replace?: boolean;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;

/** `fleetkeep-receiver join-code` */
export function addJoinCode(command: Command, context: CommandContext): void {
  command
    .description('Make a code that lets a machine join as a node, and print the line to paste there.')
    .option('--uses <count>', 'how many machines it lets in', parseInteger({ min: 1, max: 10_000 }), 1)
    .addOption(
      new Option('--expires <time>', 'how long it is good for, such as 30min, 24h or 7d')
        .argParser(parseDurationMs)
        .default(DAY_MS, '24h'),
    )
    .option('--node <name>', 'the name of the node; otherwise what the machine calls itself')
    .option(
      '--replace',
      'with --node: the machine takes the place of the one that has that name, with its log',
    )
    .option('--json', 'as JSON')
    .action(async (flags: JoinCodeFlags) => {
      const loaded = await loadConfigOf(command, context);
      const node = flags.node === undefined ? undefined : parseNodeName(flags.node);
      const replace = flags.replace === true;
      if (replace && node === undefined)
        throw new UsageError('USAGE', '--replace needs --node NAME: whose place is the machine to take?');
      const args = { uses: flags.uses, lifetime_ms: flags.expires, node, replace };
      const made = (await askReceiver(loaded, 'join-code', args)) as MadeJoinCode;
      if (flags.json === true) context.stdout.write(`${JSON.stringify(made, undefined, 2)}\n`);
      else {
        // The line alone on standard output, so that a script can take it from there.
        context.stdout.write(`fleetkeep-sender start --join ${made.code}\n`);
        context.stderr.write(describeCode(made));
      }
    });
}

function describeCode(made: MadeJoinCode): string {
  const { uses, expires, node, addresses } = made;
  const who =
    node === null ? (uses === 1 ? 'one machine' : `${uses} machines`) : `one machine, as node ${node}`;
  const isLocal = addresses.every((address) => /^(?:127\.|localhost|\[::1\])/.test(address));
  const lines = [
    `Paste this line on the node. It lets in ${who}, until ${formatMoment(Date.parse(expires))}, and leads to ${addresses.join(', ')}.`,
    'With install instead of start, the sender also starts at boot. In a clone: npm run sender -- start --join …',
    ...describeHolder(made),
    ...(isLocal
      ? [
          'The receiver listens on this machine only, so no other can join: set "host" to its address, or "0.0.0.0", and restart it.',
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** What happens to the machine that has the name already. */
function describeHolder({ node, is_taken: isTaken, replaces }: MadeJoinCode): readonly string[] {
  if (!isTaken) return [];
  return replaces
    ? [`The machine that is node ${node} now is refused as soon as another one joins with this code.`]
    : [
        `There is a node ${node} already: the code lets in that machine only, with its data directory. To put another machine in its place,`,
        'make a code with --replace.',
      ];
}
