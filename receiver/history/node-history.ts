import { decodeBlock, encodeBlock } from './block.ts';
import { addBucket, addValue, type Bucket, emptyBucket, isEmpty } from './bucket.ts';
import { decodeBucket, encodeBucket } from './encode-bucket.ts';
import type { HistoryStore, StoredRow } from './history-store.ts';
import { Layout } from './layout.ts';
import { NodeLayout } from './node-layout.ts';
import { BASE_TIER, blockOf, bucketOf, TIERS, type Tier, tierAbove, tierBelow } from './tiers.ts';
import { VarintWriter } from './varint.ts';

/** A stored bucket, decoded. */
export interface FoundBucket {
  readonly number: number;
  readonly layout: Layout;
  readonly bucket: Bucket;
}

/** Is told of a bucket of the second tier that was stored. */
export type OnStored = (number: number, bucket: Bucket, layout: Layout) => void;

const writer = new VarintWriter();

/**
 * The buckets of one node. Samples fill the open bucket of the finest tier; when one comes that belongs elsewhere, it is stored, and
 * each bucket of a coarser tier is made from the stored ones below it as soon as time has left it. Since a coarse bucket is always
 * made from all that is stored, it does not matter how often it is made, nor in which order lines came.
 */
export class NodeHistory {
  readonly id: number;
  readonly #store: HistoryStore;
  readonly #onStored: OnStored | undefined;
  /** Of each tier, the bucket that was stored last: the coarser bucket around it is yet to be made. */
  readonly #last: (number | undefined)[];
  readonly #hasBlock: (boolean | undefined)[] = [];
  readonly #layout: NodeLayout;
  #open: { readonly number: number; bucket: Bucket } | undefined;
  #isChanged = false;

  constructor(store: HistoryStore, name: string, onStored?: OnStored) {
    const row = store.node(name);
    this.id = row.id;
    this.#store = store;
    this.#onStored = onStored;
    this.#last = [...row.last];
    this.#layout = new NodeLayout(store, row.layout);
  }

  /** The series that the node shows. It is another object when some have been gone for long. */
  get layout(): Layout {
    return this.#layout.present;
  }

  /** Number of the finest bucket that is being filled; undefined when none is. */
  get open(): number | undefined {
    return this.#open?.number;
  }

  /** Makes the bucket of a time the open one, and stores the one before when it is another. */
  turnTo(atMs: number): void {
    const number = bucketOf(BASE_TIER, atMs);
    if (this.#open?.number === number) return;
    const spare = this.#open?.bucket;
    this.closeOpen();
    this.#open = { number, bucket: cleared(spare, this.#layout.present.size) };
  }

  /** Adds a value of the open bucket's time, if there is room for its series. */
  add(name: string, value: number): void {
    const open = this.#open;
    if (open === undefined) return;
    const column = this.#layout.column(name);
    if (column < 0) return;
    if (column >= open.bucket.count.length) open.bucket = widen(open.bucket, this.#layout.present.size);
    addValue(open.bucket, column, value);
  }

  /** Stores the open bucket. What is stored of the same time already is added to it. */
  closeOpen(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined || isEmpty(open.bucket)) return;
    this.#put(BASE_TIER, open.number, this.#withStored(open.number, open.bucket));
  }

  /** Buckets from `from` up to but not including `to`, ascending: what is stored, and at the end what is still to be stored. */
  read(tier: Tier, from: number, to: number, wanted?: readonly string[]): readonly FoundBucket[] {
    const found = new Map<number, FoundBucket>();
    for (const one of this.#storedBetween(tier, from, to, wanted)) found.set(one.number, one);
    for (const number of this.#unmade(tier)) {
      if (number >= from && number < to) found.set(number, this.#makeNow(tier, number));
    }
    return [...found.values()].sort((a, b) => a.number - b.number);
  }

  /** Makes the coarser buckets around the newest, so that retention may drop what they are made from. Doing it again does no harm. */
  settle(): void {
    this.closeOpen();
    for (const tier of TIERS) {
      const above = tierAbove(tier);
      const last = this.#last[tier.index];
      if (above === undefined || last === undefined) continue;
      this.#makeAbove(above, tier, Math.floor((last * tier.stepMs) / above.stepMs));
    }
  }

  /** Writes down what is remembered beside the buckets. Call it in the transaction that holds them. */
  save(): void {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    this.#store.saveNode({ id: this.id, layout: this.#layout.idOf(this.#layout.present), last: this.#last });
  }

  /** The buckets of a tier that are not stored yet, or not with all that is known by now. */
  #unmade(tier: Tier): ReadonlySet<number> {
    const below = tierBelow(tier);
    if (below === undefined) return new Set(this.#open === undefined ? [] : [this.#open.number]);
    const last = this.#last[below.index];
    const ratio = tier.stepMs / below.stepMs;
    const newer = [...this.#unmade(below), ...(last === undefined ? [] : [last])];
    return new Set(newer.map((number) => Math.floor(number / ratio)));
  }

  #makeNow(tier: Tier, number: number): FoundBucket {
    const below = tierBelow(tier);
    const bucket =
      below === undefined
        ? this.#withStored(number, this.#open?.bucket ?? emptyBucket(0))
        : this.#make(tier, below, number);
    return { number, layout: this.#layout.present, bucket };
  }

  /** A bucket of the finest tier together with what is stored of the same time: clocks go back, and programs are started again. */
  #withStored(number: number, bucket: Bucket): Bucket {
    const stored = this.#stored(BASE_TIER, number);
    if (stored === undefined) return bucket;
    this.#learn(stored);
    const all = widen(bucket, this.#layout.present.size, true);
    addBucket(all, this.#layout.present, stored.bucket, stored.layout);
    return all;
  }

  #make(tier: Tier, below: Tier, number: number): Bucket {
    const ratio = tier.stepMs / below.stepMs;
    const parts = this.read(below, number * ratio, (number + 1) * ratio);
    for (const part of parts) this.#learn(part);
    const bucket = emptyBucket(this.#layout.present.size);
    for (const part of parts) addBucket(bucket, this.#layout.present, part.bucket, part.layout);
    return bucket;
  }

  #put(tier: Tier, number: number, bucket: Bucket): void {
    const layout = this.#layout.present;
    const last = this.#last[tier.index];
    if (last !== undefined) this.#leave(tier, last, number);
    this.#last[tier.index] = number;
    this.#isChanged = true;
    const data = encodeBucket(bucket, layout.quanta, writer);
    this.#store.putBucket(tier, this.id, number, this.#layout.idOf(layout), data);
    if (tier.index === 1) this.#onStored?.(number, bucket, layout);
  }

  /** Time moves from one bucket to another: what it leaves for good, for all that is known, is made and packed. */
  #leave(tier: Tier, from: number, to: number): void {
    const above = tierAbove(tier);
    if (above !== undefined) {
      const ratio = above.stepMs / tier.stepMs;
      const number = Math.floor(from / ratio);
      if (number !== Math.floor(to / ratio)) this.#makeAbove(above, tier, number);
    }
    const block = blockOf(tier, from);
    if (block === blockOf(tier, to)) return;
    this.#pack(tier, block);
    this.#hasBlock[tier.index] = undefined;
  }

  #makeAbove(above: Tier, tier: Tier, number: number): void {
    const bucket = this.#make(above, tier, number);
    // Empty when retention has dropped what it was made from: then what was made before stands.
    if (!isEmpty(bucket)) this.#put(above, number, bucket);
  }

  /** Packs the buckets of a block that lie alone. Those win over what the block holds already. */
  #pack(tier: Tier, block: number): void {
    const first = block * tier.slots;
    const layout = new Layout();
    const slots: (Bucket | undefined)[] = [];
    for (const found of this.#storedBetween(tier, first, first + tier.slots)) {
      slots[found.number - first] = transfer(found, layout);
    }
    if (slots.length > 0) {
      const all = Array.from({ length: tier.slots }, (_, slot) => slots[slot]);
      const data = encodeBlock(all, layout.quanta);
      this.#store.putBlock(tier, this.id, block, this.#store.layoutId(layout), data);
    }
    this.#store.deleteBuckets(tier, this.id, first, first + tier.slots);
    // A series that was not seen in a whole block is gone; its column is needed no longer.
    if (tier === BASE_TIER && layout.size < this.#layout.present.size && this.#open === undefined) {
      this.#layout.replace(layout);
    }
  }

  #learn(found: FoundBucket): void {
    if (found.layout === this.#layout.present) return;
    for (const name of seriesIn(found)) this.#layout.column(name);
  }

  #stored(tier: Tier, number: number): FoundBucket | undefined {
    const row = this.#store.bucket(tier, this.id, number);
    if (row !== undefined) return decodeRow(row);
    const block = blockOf(tier, number);
    const last = this.#last[tier.index];
    const isLastBlock = last !== undefined && blockOf(tier, last) === block;
    const known = isLastBlock ? this.#hasBlock[tier.index] : undefined;
    const hasBlock = known ?? this.#store.hasBlock(tier, this.id, block);
    if (isLastBlock) this.#hasBlock[tier.index] = hasBlock;
    return hasBlock ? this.#storedBetween(tier, number, number + 1)[0] : undefined;
  }

  #storedBetween(tier: Tier, from: number, to: number, wanted?: readonly string[]): readonly FoundBucket[] {
    const found = new Map<number, FoundBucket>();
    const blocks = this.#store.blocks(tier, this.id, blockOf(tier, from), blockOf(tier, to - 1) + 1);
    for (const row of blocks) {
      for (const one of decodeBlockRow(row, tier, wanted)) {
        if (one.number >= from && one.number < to) found.set(one.number, one);
      }
    }
    for (const row of this.#store.buckets(tier, this.id, from, to)) found.set(row.number, decodeRow(row));
    return [...found.values()];
  }
}

function decodeRow({ number, layout, data }: StoredRow): FoundBucket {
  return { number, layout, bucket: decodeBucket(data, layout.quanta) };
}

function decodeBlockRow(row: StoredRow, tier: Tier, wanted: readonly string[] | undefined): FoundBucket[] {
  const { layout } = row;
  const columns = wanted && new Set(wanted.flatMap((name) => layout.find(name) ?? []));
  const buckets = decodeBlock(row.data, tier.slots, layout.quanta, columns);
  return buckets.flatMap((bucket, slot) =>
    isEmpty(bucket) ? [] : [{ number: row.number * tier.slots + slot, layout, bucket }],
  );
}

/** A bucket with only the columns that have samples, which `layout` is made to know. */
function transfer(found: FoundBucket, layout: Layout): Bucket {
  for (const name of seriesIn(found)) layout.column(name);
  const moved = emptyBucket(layout.size);
  addBucket(moved, layout, found.bucket, found.layout);
  return moved;
}

/** The series that have samples. */
function seriesIn({ bucket, layout }: FoundBucket): readonly string[] {
  return layout.names.filter((_name, column) => (bucket.count[column] ?? 0) > 0);
}

/** An empty bucket: the one that is needed no longer, when it has the size. */
function cleared(spare: Bucket | undefined, columns: number): Bucket {
  if (spare?.count.length !== columns) return emptyBucket(columns);
  spare.count.fill(0);
  return spare;
}

/** The same bucket with more columns; a copy in any case when `isCopy`. */
function widen(bucket: Bucket, columns: number, isCopy = false): Bucket {
  if (!isCopy && bucket.count.length >= columns) return bucket;
  const wider = emptyBucket(columns);
  wider.count.set(bucket.count);
  wider.mean.set(bucket.mean);
  wider.min.set(bucket.min);
  wider.max.set(bucket.max);
  return wider;
}
