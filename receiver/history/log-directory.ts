import type { NodeName } from '../../shared/names/node-name.ts';
import { type FoundLog, findLogs } from '../backup/find-logs.ts';

/** How long a look at the directory is good for, ms: at the start thousands of nodes are looked for at once. */
const FRESH_MS = 10_000;

/** The directory of all logs, looked at now and then instead of once for each node. */
export class LogDirectory {
  readonly #root: string;
  readonly #now: () => number;
  #seen:
    | { readonly atMs: number; readonly byNode: Promise<ReadonlyMap<NodeName, readonly FoundLog[]>> }
    | undefined;

  constructor(root: string, now: () => number) {
    this.#root = root;
    this.#now = now;
  }

  /** The logs of a node in the order in which they were written: ids rise with time (UUIDv7), the present one comes last. */
  async find(node: NodeName): Promise<readonly FoundLog[]> {
    const isFresh = this.#seen !== undefined && this.#now() - this.#seen.atMs < FRESH_MS;
    if (!isFresh) this.#seen = { atMs: this.#now(), byNode: this.#look() };
    const found = await this.#seen?.byNode;
    const logs = found?.get(node);
    if (logs !== undefined) return logs;
    // It came after the look.
    return await inOrder(this.#root, node);
  }

  /** Something has changed, or nothing is asked any more: the next question looks again. */
  forget(): void {
    this.#seen = undefined;
  }

  async #look(): Promise<ReadonlyMap<NodeName, readonly FoundLog[]>> {
    return Map.groupBy(await inOrder(this.#root), ({ node }) => node);
  }
}

async function inOrder(root: string, node?: NodeName): Promise<readonly FoundLog[]> {
  const logs = await findLogs(root, node);
  const isArchived = ({ archivedId }: FoundLog) => archivedId !== undefined;
  return [...logs.filter(isArchived), ...logs.filter((log) => !isArchived(log))];
}
