import { openStateStoreToRead } from '../fleet/state-store.ts';
import type { Incident } from './incidents/incident.ts';
import { incidentStore } from './incidents/incident-store.ts';

/**
 * The newest incidents as last written to the data directory, newest first; empty when no receiver ever worked there. For
 * commands: works while no receiver runs, and beside one that runs.
 *
 * @throws UserError `DIRECTORY_UNUSABLE` when the file cannot be read
 */
export function readIncidents(directory: string, limit: number): readonly Incident[] {
  using store = openStateStoreToRead(directory);
  return store === undefined ? [] : incidentStore(store).history(limit);
}
