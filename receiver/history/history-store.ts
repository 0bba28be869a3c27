/**
 * history.db: what was made of the logs. It holds nothing that could not be made again, so it is synced less strictly than
 * `fleet.db`: after a power cut it may be some seconds behind, never inconsistent, because position and data are one
 * transaction.
 *
 * A row of `tail_K` or `block_K` (K: the tier) has the node and the number of the bucket or block in its key, so that
 * the rows of a node lie side by side in the order of time, without an index.
 */

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { HISTORY_SCHEMA } from './history-schema.ts';
import { Layout } from './layout.ts';
import { TIERS, type Tier } from './tiers.ts';

/** Changes with everything that makes stored rows mean something else. */
const FORMAT = 1;

/** Numbers of buckets are below that until the year 2106. */
const NODE_FACTOR = 2 ** 32;

/** Layouts that are kept in memory, beyond those in use. */
const MAX_LAYOUTS = 4096;

/** How far a log has been taken in. */
export interface LogRow {
  readonly logId: string;
  readonly node: number;
  /** Where reading goes on: before the first line whose bucket is not stored. */
  readonly segment: number;
  readonly offset: number;
  /** Where the sample before that begins, from which rates are taken; both undefined when there is none. */
  readonly primeSegment: number | undefined;
  readonly primeOffset: number | undefined;
  /** Time between that sample and the one before it, ms; 0 when not known. */
  readonly intervalMs: number;
}

/** A node as history knows it. */
export interface NodeRow {
  readonly id: number;
  readonly name: string;
  /** Which series it showed last; undefined when none. */
  readonly layout: number | undefined;
  /** Number of the bucket that was stored last, for each tier. */
  readonly last: readonly (number | undefined)[];
}

/** A stored bucket or block. */
export interface StoredRow {
  /** Number of the bucket, or of the block. */
  readonly number: number;
  readonly layout: Layout;
  readonly data: Uint8Array;
}

/** Another version of the program made the file: it is made again. */
export class OtherFormatError extends Error {
  override readonly name = 'OtherFormatError';
}

/** Opens history.db, and makes it where there is none. @throws the error of SQLite when it is damaged or of another format */
export function openHistoryStore(path: string): HistoryStore {
  const database = new DatabaseSync(path);
  try {
    return new HistoryStore(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** An open history.db. */
export class HistoryStore implements Disposable {
  readonly #database: DatabaseSync;
  readonly #tiers: readonly TierStatements[];
  readonly #layouts = new Map<number, Layout>();
  readonly #layoutIds = new Map<string, number>();
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(HISTORY_SCHEMA);
    const format = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (format !== 0 && format !== FORMAT)
      throw new OtherFormatError(`history.db has format ${format}, not ${FORMAT}`);
    database.exec(`PRAGMA user_version = ${FORMAT}`);
    this.#statements = prepare(database);
    this.#tiers = TIERS.map(({ index }) => prepareTier(database, index));
  }

  begin(): void {
    this.#database.exec('BEGIN IMMEDIATE');
  }

  commit(): void {
    if (this.#database.isTransaction) this.#database.exec('COMMIT');
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** The row of a node, which is made where there is none. */
  node(name: string): NodeRow {
    const { findNode, addNode } = this.#statements;
    const row = findNode.get(name);
    if (row === undefined) {
      return { id: Number(addNode.run(name).lastInsertRowid), name, layout: undefined, last: [] };
    }
    const last = JSON.parse(String(row['last'])) as (number | null)[];
    const layout = row['layout'];
    return {
      id: Number(row['id']),
      name,
      layout: layout === null ? undefined : Number(layout),
      last: last.map((bucket) => bucket ?? undefined),
    };
  }

  saveNode({ id, layout, last }: Omit<NodeRow, 'name'>): void {
    this.#statements.saveNode.run(layout ?? null, JSON.stringify(last.map((bucket) => bucket ?? null)), id);
  }

  inventory(node: number): string | undefined {
    const text = this.#statements.inventory.get(node)?.['inventory'];
    return typeof text === 'string' ? text : undefined;
  }

  saveInventory(node: number, line: string): void {
    this.#statements.saveInventory.run(line, node);
  }

  log(logId: string): LogRow | undefined {
    const row = this.#statements.findLog.get(logId);
    if (row === undefined) return undefined;
    const number = (key: string) => (row[key] === null ? undefined : Number(row[key]));
    return {
      logId,
      node: Number(row['node']),
      segment: Number(row['segment']),
      offset: Number(row['offset']),
      primeSegment: number('prime_segment'),
      primeOffset: number('prime_offset'),
      intervalMs: Number(row['interval_ms']),
    };
  }

  saveLog(row: LogRow): void {
    const { logId, node, segment, offset, primeSegment, primeOffset, intervalMs } = row;
    const prime = [primeSegment ?? null, primeOffset ?? null];
    this.#statements.saveLog.run(logId, node, segment, offset, ...prime, intervalMs);
  }

  /** The number of a list of series, which is stored when it is new. */
  layoutId(layout: Layout): number {
    const names = JSON.stringify(layout.names);
    const known = this.#layoutIds.get(names);
    if (known !== undefined) return known;
    const { addLayout, findLayout } = this.#statements;
    addLayout.run(names);
    const id = Number(findLayout.get(names)?.['id']);
    if (this.#layoutIds.size >= MAX_LAYOUTS) this.#layoutIds.clear();
    this.#layoutIds.set(names, id);
    return id;
  }

  /** The list of series with this number. */
  layout(id: number): Layout {
    const known = this.#layouts.get(id);
    if (known !== undefined) return known;
    const names = this.#statements.layoutNames.get(id)?.['names'];
    const layout = new Layout(typeof names === 'string' ? (JSON.parse(names) as string[]) : []);
    if (this.#layouts.size >= MAX_LAYOUTS) this.#layouts.clear();
    this.#layouts.set(id, layout);
    return layout;
  }

  putBucket(tier: Tier, node: number, bucket: number, layout: number, data: Uint8Array): void {
    this.#of(tier).putBucket.run(keyOf(node, bucket), layout, data);
  }

  bucket(tier: Tier, node: number, bucket: number): StoredRow | undefined {
    return this.#rows(this.#of(tier).buckets.all(keyOf(node, bucket), keyOf(node, bucket + 1)))[0];
  }

  /** Buckets from `from` up to but not including `to` that are in no block yet, or newer than it. */
  buckets(tier: Tier, node: number, from: number, to: number): readonly StoredRow[] {
    return this.#rows(this.#of(tier).buckets.all(keyOf(node, from), keyOf(node, to)));
  }

  deleteBuckets(tier: Tier, node: number, from: number, to: number): void {
    this.#of(tier).deleteBuckets.run(keyOf(node, from), keyOf(node, to));
  }

  putBlock(tier: Tier, node: number, block: number, layout: number, data: Uint8Array): void {
    this.#of(tier).putBlock.run(keyOf(node, block), layout, data);
  }

  blocks(tier: Tier, node: number, from: number, to: number): readonly StoredRow[] {
    return this.#rows(this.#of(tier).blocks.all(keyOf(node, from), keyOf(node, to)));
  }

  hasBlock(tier: Tier, node: number, block: number): boolean {
    return this.#of(tier).hasBlock.get(keyOf(node, block)) !== undefined;
  }

  /** The layouts of everything that is stored of a node. */
  layoutsOf(node: number): readonly Layout[] {
    const ids = this.#tiers.flatMap(({ layouts }) =>
      layouts.all(keyOf(node, 0), keyOf(node + 1, 0), keyOf(node, 0), keyOf(node + 1, 0)),
    );
    return [...new Set(ids.map((row) => Number(row['layout'])))].map((id) => this.layout(id));
  }

  /** Drops of every node what lies before a block. */
  dropBefore(tier: Tier, block: number): void {
    const { deleteBuckets, deleteBlocks } = this.#of(tier);
    for (const row of this.#statements.nodeIds.all()) {
      const node = Number(row['id']);
      deleteBlocks.run(keyOf(node, 0), keyOf(node, block));
      deleteBuckets.run(keyOf(node, 0), keyOf(node, block * tier.slots));
    }
  }

  /** Gives pages that are free back to the file system, a bounded number of them. */
  shrink(): void {
    this.#database.exec('PRAGMA incremental_vacuum(2000)');
  }

  [Symbol.dispose](): void {
    if (!this.#database.isOpen) return;
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    this.#database.close();
  }

  #of(tier: Tier): TierStatements {
    const statements = this.#tiers[tier.index];
    if (statements === undefined) throw new RangeError(`there is no tier ${tier.index}`);
    return statements;
  }

  #rows(rows: readonly Readonly<Record<string, unknown>>[]): readonly StoredRow[] {
    return rows.map((row) => ({
      number: Number(row['id']) % NODE_FACTOR,
      layout: this.layout(Number(row['layout'])),
      data: row['data'] as Uint8Array,
    }));
  }
}

function keyOf(node: number, number: number): number {
  return node * NODE_FACTOR + number;
}

function prepare(database: DatabaseSync) {
  return {
    findNode: database.prepare('SELECT id, layout, last FROM nodes WHERE name = ?'),
    addNode: database.prepare('INSERT INTO nodes (name) VALUES (?)'),
    saveNode: database.prepare('UPDATE nodes SET layout = ?, last = ? WHERE id = ?'),
    nodeIds: database.prepare('SELECT id FROM nodes'),
    inventory: database.prepare('SELECT inventory FROM nodes WHERE id = ?'),
    saveInventory: database.prepare('UPDATE nodes SET inventory = ? WHERE id = ?'),
    findLog: database.prepare('SELECT * FROM logs WHERE log_id = ?'),
    saveLog: database.prepare('INSERT OR REPLACE INTO logs VALUES (?, ?, ?, ?, ?, ?, ?)'),
    addLayout: database.prepare('INSERT OR IGNORE INTO layouts (names) VALUES (?)'),
    findLayout: database.prepare('SELECT id FROM layouts WHERE names = ?'),
    layoutNames: database.prepare('SELECT names FROM layouts WHERE id = ?'),
  };
}

interface TierStatements {
  readonly putBucket: StatementSync;
  readonly buckets: StatementSync;
  readonly deleteBuckets: StatementSync;
  readonly putBlock: StatementSync;
  readonly blocks: StatementSync;
  readonly hasBlock: StatementSync;
  readonly deleteBlocks: StatementSync;
  readonly layouts: StatementSync;
}

function prepareTier(database: DatabaseSync, tier: number): TierStatements {
  const range = 'WHERE id >= ? AND id < ?';
  return {
    putBucket: database.prepare(`INSERT OR REPLACE INTO tail_${tier} VALUES (?, ?, ?)`),
    buckets: database.prepare(`SELECT id, layout, data FROM tail_${tier} ${range} ORDER BY id`),
    deleteBuckets: database.prepare(`DELETE FROM tail_${tier} ${range}`),
    putBlock: database.prepare(`INSERT OR REPLACE INTO block_${tier} VALUES (?, ?, ?)`),
    blocks: database.prepare(`SELECT id, layout, data FROM block_${tier} ${range} ORDER BY id`),
    hasBlock: database.prepare(`SELECT 1 FROM block_${tier} WHERE id = ?`),
    deleteBlocks: database.prepare(`DELETE FROM block_${tier} ${range}`),
    layouts: database.prepare(
      `SELECT DISTINCT layout FROM block_${tier} ${range} UNION SELECT DISTINCT layout FROM tail_${tier} ${range}`,
    ),
  };
}
