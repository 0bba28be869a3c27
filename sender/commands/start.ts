import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { parseNumber, parsePort } from '../../shared/cli/option-parsers.ts';
import { loadConfigOf } from './command-context.ts';
import { parseJoin } from './parse-join.ts';
import type { StartFlags, StartOrder } from './run-start.ts';

/** `fleetkeep-sender start`. @param run does what is asked for; by default, here and now */
export function addStart(
  command: Command,
  context: CommandContext,
  run: (order: StartOrder) => Promise<void> = async (order) => {
    // The other commands, whose help this stands in, begin sooner without it, and so does who only reads the order.
    const { runStart } = await import('./run-start.ts');
    await runStart(order, context);
  },
): void {
  command
    .description('Sample this machine into a local log and send that to the receiver. Runs until stopped.')
    .option('--join <code>', 'join the receiver that made this code, once', parseJoin)
    .option('--host <address>', 'the receiver, if it is not where the join code says')
    .option('--port <number>', 'its TCP port', parsePort)
    .option(
      '--node-name <name>',
      'name that this node would like when it joins; made of the host name when not given',
    )
    .option('--data-directory <dir>', 'where the local log is kept')
    .option(
      '--sleeptime <seconds>',
      'seconds between samples, whatever the receiver says',
      parseNumber({ min: 0.1, max: 3600 }),
    )
    .option('--if-not-running', 'do nothing when a sender works in this data directory already')
    .option('--quiet', 'say nothing on standard output')
    .action(async ({ join, ifNotRunning, quiet }: StartFlags) => {
      const { config } = await loadConfigOf(command, context);
      const flags = {
        ...(join && { join }),
        ...(ifNotRunning && { ifNotRunning }),
        ...(quiet && { quiet }),
      };
      await run({ config, flags });
    });
}
