import type { Command } from 'commander';
import { VERSION } from '../names/version.ts';
import { runCli } from './cli.ts';
import { onHangUp, stopSignal } from './cli-signals.ts';
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
  const { stdout, stderr, execPath: nodePath } = process;
  const context = { cwd: process.cwd(), nodePath, cliPath, stdout, stderr, stopSignal, onHangUp };
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
  // The caller ends the process, and with it whatever a pipe has not taken yet.
  await Promise.all([written(stdout), written(stderr)]);
  return code;
}

/** Resolves when everything that was written has been taken, or cannot be any more because the reader has gone. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}
