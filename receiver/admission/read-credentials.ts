import { openStateStoreToRead } from '../fleet/state-store.ts';
import { type Credential, credentialStore, sortCredentials } from './credential-store.ts';

/**
 * The credentials as they stand in the data directory, by node; for commands, whether a receiver runs or not.
 *
 * @throws UserError `DIRECTORY_UNUSABLE` when the file cannot be read
 */
export function readCredentials(directory: string): readonly Credential[] {
  using store = openStateStoreToRead(directory);
  return store === undefined ? [] : sortCredentials(credentialStore(store).read());
}
