import type { Command } from 'commander';
import type { LoadConfigOptions } from '../config/load.ts';

/** What every command gets from the command line around it. */
export interface CommandContext {
  /** Working directory, absolute. */
  readonly cwd: string;
  /** The node and the script that run, absolute. */
  readonly nodePath: string;
  readonly cliPath: string;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream;
  /** Aborted when the program is asked to end. To be called once, by commands that go on until then. */
  readonly stopSignal: () => AbortSignal;
  /** Calls back whenever the program is asked, by SIGHUP, to read its configuration again. */
  readonly onHangUp: (work: () => void) => void;
}

/** Flags that stand for keys of config.json: by the name that commander gives their values, the dotted key. */
export type KeyOfFlag = Readonly<Record<string, string>>;

/** How to load the configuration that a command was given: its `--config`, and its flags laid over it. */
export function loadOptionsOf(
  command: Command,
  context: CommandContext,
  keyOfFlag: KeyOfFlag,
): LoadConfigOptions {
  const flags: { readonly [flag: string]: unknown } = command.optsWithGlobals();
  const overrides: Record<string, unknown> = { log_level: flags['logLevel'] };
  for (const [flag, key] of Object.entries(keyOfFlag)) overrides[key] = flags[flag];
  return { path: flags['config'] as string | undefined, overrides, cwd: context.cwd };
}
