import type { NodeName } from '../../shared/names/node-name.ts';
import type { LatestSample } from './history.ts';
import { leaveOutFallen } from './leave-out-fallen.ts';
import { type PastCounters, parseLine, readValues } from './read-values.ts';

/** The series that screens show as they come; the others are asked for. */
const HEADLINES: ReadonlySet<string> = new Set([
  'cpu.used',
  'cpu.iowait',
  'cpu.count',
  'load.1',
  'mem.used',
  'mem.total',
  'mem.ratio',
  'swap.used',
  'swap.total',
  'fs.fullest',
  'temp.hottest',
  'net.rx',
  'net.tx',
  'proc.count',
  'uptime',
]);

/** What is remembered of a node's newest sample. */
interface Newest {
  readonly atMs: number;
  readonly line: string;
  readonly values: Record<string, number>;
  /** See {@link TakenSample}. */
  readonly fallenFrom: readonly PastCounters[];
}

/** The newest sample of each node: its line, and what of it screens show at once. */
export class LatestSamples {
  readonly #newest = new Map<NodeName, Newest>();
  readonly #changed = new Set<NodeName>();

  /** Takes a value of the sample that {@link LatestSamples.begin} began. */
  readonly put: (values: Record<string, number>, name: string, value: number) => void = (
    values,
    name,
    value,
  ) => {
    if (HEADLINES.has(name)) values[name] = value;
  };

  /** Takes a node's newest sample; one that is older than what is known is passed over. */
  take(node: NodeName, { atMs, line, values, fallenFrom }: Newest): void {
    const known = this.#newest.get(node);
    if (known !== undefined && atMs < known.atMs && known.atMs - atMs < 3_600_000) return;
    this.#newest.set(node, { atMs, line, values, fallenFrom });
    this.#changed.add(node);
  }

  /** Takes a line that came beside the log. Its rates are not known; those of the sample before stand. */
  takeLine(node: NodeName, line: string, fallenFrom: readonly PastCounters[] = []): void {
    const values: Record<string, number> = {};
    const sample = parseLine(line);
    const atMs = Date.parse(line.slice(6, 30));
    if (sample === undefined || Number.isNaN(atMs)) return;
    readValues({ sample, past: [] }, (name, value) => this.put(values, name, value));
    Object.assign(values, { ...this.#newest.get(node)?.values, ...values });
    this.take(node, { line, atMs, values, fallenFrom });
  }

  /** Those that are new since the last call. */
  takeChanged(): readonly LatestSample[] {
    const changed = [...this.#changed].flatMap((node) => {
      const newest = this.#newest.get(node);
      return newest === undefined ? [] : [{ node, atMs: newest.atMs, values: newest.values }];
    });
    this.#changed.clear();
    return changed;
  }

  /** The time of the newest sample of all, ms since 1970; undefined before the first. */
  newestMs(): number | undefined {
    const times = [...this.#newest.values()].map(({ atMs }) => atMs);
    return times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));
  }

  /**
   * The newest line of every node, with null in place of counters that may have fallen by a glitch.
   */
  lines(): readonly (readonly [NodeName, string])[] {
    return [...this.#newest].map(([node, { line, fallenFrom }]) => {
      const sample = fallenFrom.length === 0 ? undefined : parseLine(line);
      return [node, sample === undefined ? line : JSON.stringify(leaveOutFallen(sample, fallenFrom))];
    });
  }
}
