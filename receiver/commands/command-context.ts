import type { Command } from 'commander';
import {
  type CommandContext,
  type KeyOfFlag,
  loadOptionsOf as loadOptions,
} from '../../shared/cli/command-context.ts';
import { type LoadConfigOptions, type LoadedConfig, loadConfig } from '../../shared/config/load.ts';
import { requestControl } from '../../shared/control/request-control.ts';

const KEY_OF_FLAG: KeyOfFlag = {
  dataDirectory: 'receiver.data_directory',
  host: 'host',
  port: 'port',
  listen: 'receiver.listen_address',
  numberOfNodes: 'number_of_nodes',
  toDirectory: 'to_directory',
  toAddr: 'to_addr',
  sleeptime: 'sleeptime',
  workers: 'receiver.workers',
};

/** How to load the configuration that a command of the receiver was given. */
export function loadOptionsOf(command: Command, context: CommandContext): LoadConfigOptions {
  return loadOptions(command, context, KEY_OF_FLAG);
}

/** Loads the configuration that a command was given. @throws UsageError `CONFIG_INVALID` */
export async function loadConfigOf(command: Command, context: CommandContext): Promise<LoadedConfig> {
  return await loadConfig(loadOptionsOf(command, context));
}

/** Asks the receiver that runs in the configured data directory. @throws UserError `NOT_RUNNING` */
export async function askReceiver(
  { config }: LoadedConfig,
  command: string,
  args: unknown = {},
  onProgress?: (value: unknown) => void,
): Promise<unknown> {
  const directory = config.receiver.data_directory;
  return await requestControl({
    directory,
    name: 'receiver',
    command,
    args,
    onProgress,
    timeoutMs: Infinity,
  });
}
