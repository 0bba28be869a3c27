/** One resolution of history. */
export interface Tier {
  /** Its number, from the finest. */
  readonly index: number;
  /** Length of a bucket, ms. */
  readonly stepMs: number;
  /** Buckets of a block: as many as make whole buckets of the next tier, and about a hundred. */
  readonly slots: number;
}

/**
 * The resolutions, finest first. A bucket begins at a multiple of its length since 1970. Each tier is made from the one before, and a
 * block of one always holds all that a bucket of the next needs. The lengths are part of the format of history.db.
 */
export const TIERS = [
  { index: 0, stepMs: 10_000, slots: 120 },
  { index: 1, stepMs: 60_000, slots: 120 },
  { index: 2, stepMs: 900_000, slots: 96 },
  { index: 3, stepMs: 7_200_000, slots: 84 },
] as const satisfies readonly Tier[];

/** The finest tier, which is made from the samples themselves. */
export const BASE_TIER: Tier = TIERS[0];

/** The tier that is made from `tier`; undefined for the coarsest. */
export function tierAbove(tier: Tier): Tier | undefined {
  return TIERS[tier.index + 1];
}

/** The tier that `tier` is made from; undefined for the finest. */
export function tierBelow(tier: Tier): Tier | undefined {
  return TIERS[tier.index - 1];
}

/** The number of the bucket that holds a time. */
export function bucketOf(tier: Tier, atMs: number): number {
  return Math.floor(atMs / tier.stepMs);
}

/** The number of the block that holds a bucket. */
export function blockOf(tier: Tier, bucket: number): number {
  return Math.floor(bucket / tier.slots);
}
