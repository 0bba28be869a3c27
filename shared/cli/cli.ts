/**
 * What both command lines have in common: how a program is run, how it fails and how it prints. `receiver/cli.ts` and
 * `sender/cli.ts` declare their commands with commander and hand them to {@link runCli}.
 *
 * Invariants. Tests cite them by number.
 *
 * 1. Exit codes: 0 it went well, 1 it failed, 2 wrong usage or configuration, 130 and 143 stopped the hard way.
 * 2. Standard output holds what was asked for and nothing else; everything about it goes to standard error.
 * 3. An error that a person can mend is one line and a hint, and so is trouble of the machine (`errors/system-error.ts`). A stack
 *    stands only under an error that is a bug, or with `--log-level debug`.
 * 4. Text that came from another machine is printed without its control characters (`table.ts`).
 *
 * The process itself is touched only in the files named `cli….ts`.
 */

import { type Command, CommanderError } from 'commander';
import { type CliStreams, runGuarded } from './cli-process.ts';

/**
 * Runs a command line to its end and resolves with the exit code; never rejects. Once a process: it also takes over what
 * happens to exceptions that nobody caught, and ends the process quietly when the reader of standard output is gone.
 *
 * @param argv as `process.argv`, with node and the script in front
 */
export async function runCli(
  program: Command,
  argv: readonly string[],
  streams: CliStreams = process,
): Promise<number> {
  let isDebug = false;
  program.hook('preAction', (_program, command) => {
    isDebug = command.optsWithGlobals()['logLevel'] === 'debug';
  });
  prepare(program, streams);
  const parse = async (): Promise<number> => {
    try {
      await program.parseAsync(argv);
      return 0;
    } catch (error) {
      // Commander has printed its own errors, and help and version are "errors" of code 0.
      if (!(error instanceof CommanderError)) throw error;
      return error.exitCode === 0 ? 0 : 2;
    }
  };
  return await runGuarded(parse, () => isDebug, streams);
}

/** Commander hands these settings down only to commands that are made later, so each one gets them. */
function prepare(command: Command, streams: CliStreams): void {
  command
    .exitOverride()
    .showHelpAfterError('(--help tells what is possible)')
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
    });
  for (const child of command.commands) prepare(child, streams);
}
