import type { Command } from 'commander';
import {
  type CommandContext,
  type KeyOfFlag,
  loadOptionsOf as loadOptions,
} from '../../shared/cli/command-context.ts';
import { type LoadConfigOptions, type LoadedConfig, loadConfig } from '../../shared/config/load.ts';

const KEY_OF_FLAG: KeyOfFlag = {
  dataDirectory: 'sender.data_directory',
  port: 'port',
  nodeName: 'sender.node_name',
  sleeptime: 'sender.sleeptime',
};

/** How to load the configuration that a command of the sender was given. */
export function loadOptionsOf(command: Command, context: CommandContext): LoadConfigOptions {
  // A node that sends no mail has no business with the receiver's passwords, and may not be able to read them.
  const options = loadOptions(command, context, KEY_OF_FLAG);
  const { host }: { readonly host?: string } = command.optsWithGlobals();
  // What is said by hand goes before what the join code says.
  const receivers = host === undefined ? undefined : [host.includes('::') ? `[${host}]` : host];
  return { ...options, overrides: { ...options.overrides, 'sender.receivers': receivers }, forNode: true };
}

/** Loads the configuration that a command was given. @throws UsageError `CONFIG_INVALID` */
export async function loadConfigOf(command: Command, context: CommandContext): Promise<LoadedConfig> {
  return await loadConfig(loadOptionsOf(command, context));
}
