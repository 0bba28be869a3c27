import { stackedDisks, stackedInterfaces } from '../../shared/sample/stacked.ts';

type Group = Readonly<Record<string, unknown>>;

const BY_NAME = { net: stackedInterfaces, disk: stackedDisks };

/**
 * The interfaces, or disks, of a sample that stand on others of it, and so do not belong in a
 * total. Where the sample does not say, as those of older senders, names decide.
 */
export function stackedOf(sample: Group, group: 'net' | 'disk'): ReadonlySet<unknown> {
  const told: unknown = Object(sample['stacked'])[group];
  if (Array.isArray(told)) return new Set(told);
  const names = Object.keys(Object(sample[group]));
  return names.length < 2 ? NONE : new Set(BY_NAME[group](names));
}

const NONE: ReadonlySet<unknown> = new Set();
