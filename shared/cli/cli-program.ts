import type { Command } from 'commander';
import { VERSION } from '../names/version.ts';
import { runCli } from './cli.ts';
import { allWritten, contextOf } from './cli-process.ts';
import type { CommandContext } from './command-context.ts';
import { addCommonOptions } from './common-options.ts';

/** Gives a command its description, options and action. */
export type AddCommand = (command: Command, context: CommandContext) => void;

/**
 * Puts a program together from its commands, by name, and runs the command line of this process; resolves with the exit code.
 *
 * @param cliPath the script that runs, absolute
 */
export async function runProgram(
  program: Command,
  commands: Readonly<Record<string, AddCommand>>,
  cliPath: string,
): Promise<number> {
  const context = contextOf(cliPath);
  program
    .version(VERSION)
    .addHelpText('after', '\nExit codes: 0 fine, 1 it failed, 2 wrong usage or configuration.');
  addCommonOptions(program);
  for (const [name, add] of Object.entries(commands)) {
    const command = program.command(name);
    addCommonOptions(command);
    add(command, context);
  }
  const code = await runCli(program, process.argv);
  await allWritten();
  return code;
}
