import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import type { LoadedConfig } from '../../shared/config/load.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { readNodes } from '../fleet/read-nodes.ts';
import { describeNode, type NodeStatus } from '../node-status.ts';
import type { ReceiverStatus } from '../status.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';
import { renderNodes } from './render-nodes.ts';

/** `fleetkeep-receiver nodes` */
export function addNodes(command: Command, context: CommandContext): void {
  command
    .description('List the nodes with their state; also while no receiver runs.')
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const nodes = await findNodes(await loadConfigOf(command, context));
      if (options.json === true) context.stdout.write(`${JSON.stringify(nodes, undefined, 2)}\n`);
      else if (nodes.length === 0) context.stdout.write('no node has connected yet\n');
      else context.stdout.write(renderNodes(nodes, Date.now()));
    });
}

/** From the running receiver, which knows the newest; else as they were last written. */
async function findNodes(loaded: LoadedConfig): Promise<readonly NodeStatus[]> {
  try {
    return ((await askReceiver(loaded, 'status')) as ReceiverStatus).nodes;
  } catch (error) {
    if (!(error instanceof UserError && error.code === 'NOT_RUNNING')) throw error;
    return readNodes(loaded.config.receiver.data_directory).map(describeNode);
  }
}
