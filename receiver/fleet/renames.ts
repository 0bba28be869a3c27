import { z } from 'zod';
import { type NodeName, parseNodeName } from '../../shared/names/node-name.ts';
import type { StateStore } from './state-store.ts';

/** A node got another name. */
export interface Rename {
  readonly from: NodeName;
  readonly to: NodeName;
  /** When it connected under the new name, ms since 1970. */
  readonly atMs: number;
}

/** A name that a node had, and until when, ms since 1970. */
export interface FormerName {
  readonly node: NodeName;
  readonly untilMs: number;
}

/** Which node had which name. Kept in `fleet.db`, so that the past of a node is found under its present name, and the node by a former one. */
export interface Renames {
  /** Writes one down. Call it in the transaction that changes the name. */
  add(rename: Rename): void;
  /** The names that the node of this name had before, newest first. */
  before(node: NodeName): readonly FormerName[];
  /** What the node that had this name is called now; undefined when no node gave the name up. */
  nowOf(node: NodeName): Rename | undefined;
}

/** Renames that are remembered; beyond, the oldest is forgotten. */
const MAX_RENAMES = 10_000;

const name = z.string().transform(parseNodeName);
const LIST = z.array(z.object({ from: name, to: name, atMs: z.number() }));

/** The renames in the receiver's state on disk. */
export function openRenames({ database }: StateStore): Renames {
  const row = database.prepare(`SELECT value FROM meta WHERE key = 'renames'`).get();
  const all: Rename[] = row === undefined ? [] : LIST.parse(JSON.parse(String(row['value'])));
  return {
    add(rename) {
      all.push(rename);
      all.splice(0, all.length - MAX_RENAMES);
      database
        .prepare(
          `INSERT INTO meta (key, value) VALUES ('renames', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        )
        .run(JSON.stringify(all));
    },
    before: (node) => formerNames(all, node),
    nowOf: (node) => follow(all, node),
  };
}

function formerNames(all: readonly Rename[], node: NodeName): readonly FormerName[] {
  const found: FormerName[] = [];
  let present = node;
  // Backwards in time: each name was given up before the one after it.
  for (const { from, to, atMs } of all.toReversed()) {
    if (to !== present) continue;
    found.push({ node: from, untilMs: atMs });
    present = from;
  }
  return found;
}

function follow(all: readonly Rename[], node: NodeName): Rename | undefined {
  const first = all.findLastIndex(({ from }) => from === node);
  return all.slice(Math.max(first, 0)).reduce<Rename | undefined>((last, rename, index) => {
    if (first < 0) return undefined;
    if (index === 0) return rename;
    return rename.from === last?.to ? { ...rename, from: node } : last;
  }, undefined);
}
