import { isCelsius } from '../../../shared/sample/limits.ts';
import { formatPercent } from './format-value.ts';
import { type Group, group, number } from './read-value.ts';

/** A value of a sample that a graph can show. */
export interface Metric {
  /** What it is, for people. */
  readonly label: string;
  /** The value in a sample; undefined where it has none. */
  readonly read: (sample: Group) => number | undefined;
  /** The upper edge of its graph for this largest value. */
  readonly top: (largest: number) => number;
  readonly format: (value: number) => string;
}

const RATIO = { top: () => 1, format: formatPercent } as const;

const BUSY_MODES = ['user', 'nice', 'system', 'interrupt', 'softirq', 'steal'] as const;

/** Share of the processors' time that was used. */
export const CPU: Metric = {
  ...RATIO,
  label: 'CPU',
  read(sample) {
    const util = group(group(sample['cpu'])?.['util']);
    if (util === undefined) return undefined;
    return Math.min(
      1,
      BUSY_MODES.reduce((sum, mode) => sum + (number(util[mode]) ?? 0), 0),
    );
  },
};

/** Share of the memory that was used. */
export const MEMORY: Metric = {
  ...RATIO,
  label: 'memory',
  read(sample) {
    const memory = group(sample['mem']);
    const [total, available] = [number(memory?.['total']), number(memory?.['avail'])];
    if (total === undefined || available === undefined || total === 0) return undefined;
    // More than all is what the host of a container has, which older senders passed on.
    return available > total ? undefined : 1 - available / total;
  },
};

const SWAP: Metric = {
  ...RATIO,
  label: 'swap',
  read(sample) {
    const swap = group(sample['swap']);
    const [total, used] = [number(swap?.['total']), number(swap?.['used'])];
    const isKnown = total !== undefined && used !== undefined && total > 0 && used <= total;
    return isKnown ? used / total : undefined;
  },
};

/** Load of one minute. */
export const LOAD: Metric = {
  label: 'load',
  // The line leaves out zeros at the end.
  read: ({ load }) => (Array.isArray(load) ? (number(load[0]) ?? 0) : undefined),
  top: (largest) => Math.max(1, Math.ceil(largest)),
  format: (value) => value.toFixed(2),
};

const TEMPERATURE: Metric = {
  label: 'temperature',
  read(sample) {
    const values = Object.values(group(sample['temp']) ?? {});
    const celsius = values.flatMap((value) => (typeof value === 'number' && isCelsius(value) ? [value] : []));
    return celsius.length === 0 ? undefined : Math.max(...celsius);
  },
  top: (largest) => Math.max(100, Math.ceil(largest / 10) * 10),
  format: (value) => `${value.toFixed(0)} °C`,
};

/** How full a file system was, as df(1) counts. */
function fileSystem(mount: string): Metric {
  return {
    ...RATIO,
    label: `disk ${mount}`,
    read(sample) {
      const all = group(sample['fs']) ?? {};
      const row = Object.hasOwn(all, mount) ? all[mount] : undefined;
      if (!Array.isArray(row)) return undefined;
      const [used, free] = [number(row[0]) ?? 0, number(row[1]) ?? 0];
      return used + free === 0 ? undefined : used / (used + free);
    },
  };
}

const BY_WORD: readonly (readonly [RegExp, Metric])[] = [
  [/^mem/, MEMORY],
  [/^swap/, SWAP],
  [/^load/, LOAD],
  [/^temp/, TEMPERATURE],
];

/**
 * What a graph shows of a problem, by its key: the first words name the rule, and a part that begins with `/` a mount point.
 * Where nothing fits, the processor: it says most about what a machine was doing.
 */
export function metricOf(key: string): Metric {
  const mount = /:(\/.*)$/.exec(key)?.[1];
  if (mount !== undefined) return fileSystem(mount);
  const words = key.split(/[^a-z]+/i);
  return BY_WORD.find(([word]) => words.some((one) => word.test(one)))?.[1] ?? CPU;
}
