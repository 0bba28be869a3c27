import { type Command, Option } from 'commander';
import type { LogLevel } from '../logging/logger.ts';

/** What {@link addCommonOptions} gives to a command; undefined where the flag was not given. */
export interface CommonOptions {
  /** Path of the configuration, as it was typed. */
  readonly config?: string | undefined;
  readonly logLevel?: LogLevel | undefined;
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const satisfies readonly LogLevel[];

/** Adds the options that every command has: `--config FILE` and `--log-level LEVEL`. Returns the command. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration file; other flags override it')
    .addOption(new Option('--log-level <level>', 'what to log to standard error').choices([...LOG_LEVELS]));
}
