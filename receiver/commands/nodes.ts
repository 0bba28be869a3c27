import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { addCommonOptions } from '../../shared/cli/common-options.ts';
import type { LoadedConfig } from '../../shared/config/load.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';
import { readCredentials } from '../admission/read-credentials.ts';
import { readNodes, requireReceiverData } from '../fleet/read-nodes.ts';
import { describeNodes, type NodeStatus } from '../node-status.ts';
import type { ReceiverStatus } from '../status.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';
import { renderNodes } from './render-nodes.ts';

/** `fleetkeep-receiver nodes`, and what can be done with one of them. */
export function addNodes(command: Command, context: CommandContext): void {
  command
    .description('List the nodes with their state; also while no receiver runs.')
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const nodes = await findNodes(await loadConfigOf(command, context));
      if (options.json === true) context.stdout.write(`${JSON.stringify(nodes, undefined, 2)}\n`);
      else if (nodes.length === 0)
        context.stdout.write('no node has joined yet: fleetkeep-receiver join-code\n');
      else context.stdout.write(renderNodes(nodes, Date.now()));
    });

  addCommonOptions(command.command('revoke <node>'))
    .description('Let a node connect no more. Its logs stay; a new join code lets it in again.')
    .option('--why <text>', 'the reason, which the node is told', '')
    .action(async (name: string, flags: { readonly why: string }, revoke: Command) => {
      const node = parseNodeName(name);
      await askReceiver(await loadConfigOf(revoke, context), 'revoke', { node, why: flags.why });
      context.stdout.write(`node ${node} is revoked; it keeps its own log and is refused from now on\n`);
    });

  addCommonOptions(command.command('rename <node> <name>'))
    .description(
      'Give a node another name. It begins a log under the new name as soon as it is connected; the log so far stays as it is.',
    )
    .action(async (from: string, to: string, _flags: unknown, rename: Command) => {
      const [node, name] = [parseNodeName(from), parseNodeName(to)];
      await askReceiver(await loadConfigOf(rename, context), 'rename', { node, name });
      context.stdout.write(`node ${node} is to be called ${name} as soon as it is connected\n`);
    });

  addCommonOptions(command.command('forget <node>'))
    .description('Take a node off the list and its access from it. Its logs stay on the disk.')
    .action(async (name: string, _flags: unknown, forget: Command) => {
      const node = parseNodeName(name);
      await askReceiver(await loadConfigOf(forget, context), 'forget', { node });
      context.stdout.write(`node ${node} is forgotten; its logs are where they were\n`);
    });
}

/** From the running receiver, which knows the newest; else as they were last written. */
async function findNodes(loaded: LoadedConfig): Promise<readonly NodeStatus[]> {
  try {
    return ((await askReceiver(loaded, 'status')) as ReceiverStatus).nodes;
  } catch (error) {
    if (!(error instanceof UserError && error.code === 'NOT_RUNNING')) throw error;
    const directory = loaded.config.receiver.data_directory;
    requireReceiverData(directory);
    return describeNodes(readNodes(directory), readCredentials(directory));
  }
}
