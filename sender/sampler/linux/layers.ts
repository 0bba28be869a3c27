import { butNotAll } from '../../../shared/sample/stacked.ts';
import type { Clock } from '../../../shared/time/clock.ts';

/** What moves bytes: an interface or a disk, and what it has counted since boot. */
export interface Counted {
  readonly name: string;
  readonly values: readonly number[];
}

/** What `/sys` says about an interface or a disk. */
export interface Layer {
  /** Whether it stands on others: a bond on cards, an array on disks. */
  readonly isOnOthers: boolean;
  /** Whether a device of the machine belongs to it. */
  readonly isPhysical: boolean;
}

/** Options of {@link watchLayers}. */
export interface LayerOptions {
  /** Looks into `/sys`; what it does not know is missing. May take a while. */
  readonly look: (names: readonly string[]) => Promise<ReadonlyMap<string, Layer>>;
  /** Which of the names stand on others, as far as names tell. */
  readonly stackedByName: (names: readonly string[]) => readonly string[];
  /** How many entries a sample can hold. */
  readonly maxEntries: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Which interfaces, or disks, stand on which. */
export interface LayerWatch {
  /**
   * Puts first what must not be left out when not all have room; otherwise changes nothing. Says
   * which stand on others; undefined where neither `/sys` nor the names know of any. Never waits.
   */
  arrange<Entry extends Counted>(
    entries: readonly Entry[],
  ): { readonly entries: readonly Entry[]; readonly stacked: readonly string[] | undefined };
  /** Resolves when the look that was begun has ended. */
  settled(): Promise<void>;
}

/** How often `/sys` is looked at when nothing seems to change: a bond may get another card. */
const LOOK_EVERY_MS = 300_000;

/** Containers come and go by the second; between two looks at least this passes, ms. */
const LOOK_AGAIN_MS = 10_000;

/**
 * Watches which interfaces, or disks, stand on others. Looks into `/sys` in the background: at the
 * first sample, when the list of names changes, and every few minutes. Until then names decide.
 */
export function watchLayers({ look, stackedByName, maxEntries, clock }: LayerOptions): LayerWatch {
  let names: readonly string[] = [];
  let found: ReadonlyMap<string, Layer> = new Map();
  let stacked: readonly string[] | undefined;
  let rank: ReadonlyMap<string, number> = new Map();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let isChanged = false;
  let isLooking = false;
  let looking = Promise.resolve();

  async function lookAgain(entries: readonly Counted[]): Promise<void> {
    isLooking = true;
    isChanged = false;
    lookedAt = clock.monotonic();
    found = await look(names).catch(() => found);
    isLooking = false;
    plan(entries);
  }

  function plan(entries: readonly Counted[]): void {
    const byName = stackedByName(names);
    const known = stackedOf(names, found, byName);
    // What the names say is what a reader takes when a sample says nothing.
    stacked = known.length > 0 || byName.length > 0 ? known : undefined;
    rank = entries.length <= maxEntries ? new Map() : rankOf(entries, known, found);
  }

  return {
    arrange(entries) {
      if (!isSame(names, entries)) {
        names = entries.map(({ name }) => name);
        isChanged = true;
        plan(entries);
      }
      const sinceLook = clock.monotonic() - lookedAt;
      if (!isLooking && sinceLook >= (isChanged ? LOOK_AGAIN_MS : LOOK_EVERY_MS))
        looking = lookAgain(entries);
      if (rank.size === 0) return { entries, stacked };
      return { entries: entries.toSorted((a, b) => placeOf(a) - placeOf(b)), stacked };
    },
    settled: () => looking,
  };

  function placeOf({ name }: Counted): number {
    return rank.get(name) ?? Number.POSITIVE_INFINITY;
  }
}

function isSame(names: readonly string[], entries: readonly Counted[]): boolean {
  return names.length === entries.length && names.every((name, index) => name === entries[index]?.name);
}

/**
 * Where a machine has physical ones, everything else stands on them. A container has none: there
 * what `/sys` or the name says to stand on others does.
 */
function stackedOf(
  names: readonly string[],
  found: ReadonlyMap<string, Layer>,
  byName: readonly string[],
): readonly string[] {
  const isNamed = new Set(byName);
  const hasPhysical = names.some((name) => isLowest(found.get(name)));
  const stacked = names.filter((name) => {
    const layer = found.get(name);
    if (layer === undefined) return isNamed.has(name);
    return layer.isOnOthers || (hasPhysical ? !layer.isPhysical : isNamed.has(name));
  });
  return butNotAll(names, stacked);
}

function isLowest(layer: Layer | undefined): boolean {
  return layer?.isPhysical === true && !layer.isOnOthers;
}

/**
 * The lowest layer first, then what stands on it, then the ends of cables (on nothing, of no
 * device); the busiest first of each.
 */
function rankOf(
  entries: readonly Counted[],
  stacked: readonly string[],
  found: ReadonlyMap<string, Layer>,
): ReadonlyMap<string, number> {
  const isStacked = new Set(stacked);
  const classOf = (name: string) => (!isStacked.has(name) ? 0 : found.get(name)?.isOnOthers === true ? 1 : 2);
  const bytesOf = ({ values: [first = 0, second = 0] }: Counted) => first + second;
  const sorted = entries.toSorted((a, b) => classOf(a.name) - classOf(b.name) || bytesOf(b) - bytesOf(a));
  return new Map(sorted.map(({ name }, index) => [name, index]));
}
