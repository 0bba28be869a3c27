import { UserError } from '../../shared/errors/errors.ts';
import { fleetStore } from './fleet-store.ts';
import type { NodeRecord } from './node-record.ts';
import { openRenames, type Renames } from './renames.ts';
import { sortNodes } from './sort-nodes.ts';
import { openStateStoreToRead } from './state-store.ts';

/**
 * Sees to it that a receiver has worked in a directory, for commands that would otherwise call an
 * empty or a wrong directory a receiver without trouble.
 *
 * @throws UserError `DIRECTORY_UNUSABLE` when there is no receiver's data in it
 */
export function requireReceiverData(directory: string): void {
  using store = openStateStoreToRead(directory);
  if (store !== undefined) return;
  throw new UserError('DIRECTORY_UNUSABLE', `there is no receiver's data in ${directory}`, {
    hint: 'Name the configuration of the receiver with --config, or start the receiver first.',
  });
}

/**
 * The nodes as last written to the data directory, by name; empty when no receiver ever worked there. For commands: works
 * while no receiver runs, and beside one that runs (which knows newer times; ask it first).
 *
 * @throws UserError `DIRECTORY_UNUSABLE` when the file cannot be read
 */
export function readNodes(directory: string): readonly NodeRecord[] {
  using store = openStateStoreToRead(directory);
  return store === undefined ? [] : sortNodes(fleetStore(store).read());
}

/**
 * The renames as last written to the data directory; undefined when no receiver ever worked there.
 *
 * @throws UserError `DIRECTORY_UNUSABLE` when the file cannot be read
 */
export function readRenames(directory: string): Pick<Renames, 'before' | 'nowOf'> | undefined {
  using store = openStateStoreToRead(directory);
  return store && openRenames(store);
}
