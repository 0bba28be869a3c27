import { fleetStore } from './fleet-store.ts';
import type { NodeRecord } from './node-record.ts';
import { sortNodes } from './sort-nodes.ts';
import { openStateStoreToRead } from './state-store.ts';

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
