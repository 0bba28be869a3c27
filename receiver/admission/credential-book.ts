import type { NodeName } from '../../shared/names/node-name.ts';
import type { StateStore } from '../fleet/state-store.ts';
import { type Credential, credentialStore, sortCredentials } from './credential-store.ts';

/** All credentials, in memory and on disk. What it says is on disk already (admission invariant 5). */
export class CredentialBook {
  readonly #store: StateStore;
  readonly #byId = new Map<string, Credential>();
  readonly #byNode = new Map<NodeName, Credential>();
  readonly #listeners = new Set<() => void>();

  /** Reads what is on disk. */
  constructor(store: StateStore) {
    this.#store = store;
    for (const credential of credentialStore(store).read()) this.#remember(credential);
  }

  /** By the node that has it. */
  get byNode(): ReadonlyMap<NodeName, Credential> {
    return this.#byNode;
  }

  /** The credential with an id; undefined when there is none, or another one has taken its place. */
  find(id: string): Credential | undefined {
    return this.#byId.get(id);
  }

  /** All of them, by node. */
  sorted(): readonly Credential[] {
    return sortCredentials(this.#byNode.values());
  }

  /**
   * Writes a credential, in place of what its node had before and of what had its id.
   *
   * @param alongside is done in the same transaction
   */
  save(credential: Credential, alongside: () => void = () => undefined): void {
    const before = this.#byId.get(credential.id);
    this.#store.transaction(() => {
      credentialStore(this.#store).save(credential);
      alongside();
    });
    if (before !== undefined) this.#forget(before.node);
    this.#remember(credential);
    this.#changed();
  }

  /** Removes the credential of a node. */
  remove(node: NodeName): void {
    credentialStore(this.#store).remove(node);
    this.#forget(node);
    this.#changed();
  }

  /** Calls `listener` after every change until disposed. It must not throw. */
  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #remember(credential: Credential): void {
    this.#forget(credential.node);
    this.#byId.set(credential.id, credential);
    this.#byNode.set(credential.node, credential);
  }

  #forget(node: NodeName): void {
    const before = this.#byNode.get(node);
    if (before !== undefined) this.#byId.delete(before.id);
    this.#byNode.delete(node);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
