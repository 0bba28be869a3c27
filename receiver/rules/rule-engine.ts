import type { RuleKind } from '../../shared/config/default-rules.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { Condition } from './condition.ts';
import { FillForecast } from './fill-forecast.ts';
import { LeastDelay } from './least-delay.ts';
import type { NamedRule, RuleChange, RuleState } from './rules.ts';

/** Conditions that are watched of one node, for all rules together. */
const MAX_CONDITIONS = 1000;

/** A part that was not seen for so long while its node reports is gone, ms. */
const GONE_MS = 10 * 60_000;

/** Where the condition of the clock stands among the series. */
const CLOCK = 'the clock';

/** Which series a kind looks at; what comes after a colon is the part. */
const SERIES: Readonly<Partial<Record<RuleKind, readonly string[]>>> = {
  cpu: ['cpu.used'],
  memory: ['mem.ratio'],
  swap: ['swap.ratio'],
  load: ['load.per_cpu'],
  filesystem: ['fs.ratio:'],
  filesystem_hours_left: ['fs.ratio:'],
  inodes: ['fs.inodes:'],
  temperature: ['temp:'],
  pressure: ['psi.cpu', 'psi.mem', 'psi.io'],
  network_errors: ['net.errors:'],
};

/** Options of a {@link RuleEngine}. */
export interface RuleEngineOptions {
  readonly rules: readonly NamedRule[];
  /** Whether a rule concerns a node. */
  readonly concerns: (rule: NamedRule, node: NodeName) => boolean;
  /** Keys that were raised before this program was started. */
  readonly firing: Iterable<string>;
  readonly onChange: (change: RuleChange) => void;
  /** What has this key is over, because what it is about is no more. */
  readonly onGone: (key: string) => void;
  /** ms since 1970. */
  readonly nowMs: number;
}

/** A series of a node that rules look at. */
interface WatchedSeries {
  readonly conditions: readonly Condition[];
  /** For rules that ask when it is full. */
  readonly forecast: FillForecast;
  seenMs: number;
}

interface WatchedNode {
  readonly byFamily: ReadonlyMap<string, readonly NamedRule[]>;
  readonly skewRules: readonly NamedRule[];
  /** By series; undefined: nothing looks at it. */
  readonly bySeries: Map<string, WatchedSeries | undefined>;
  readonly delay: LeastDelay;
  /** Conditions. */
  count: number;
  seenMs: number;
}

/** Holds every rule against every node. */
export class RuleEngine {
  readonly #options: RuleEngineOptions;
  readonly #nodes = new Map<NodeName, WatchedNode>();
  /** Raised before the start, and not seen since. */
  readonly #restored: Set<string>;

  constructor(options: RuleEngineOptions) {
    this.#options = options;
    this.#restored = new Set(options.firing);
    const names = new Set(options.rules.filter(({ enabled }) => enabled).map(({ name }) => name));
    for (const key of this.#restored) if (!names.has(key.split(':')[0] ?? '')) this.#endRestored(key);
  }

  /** Looks at one value of a node's present. @param nowMs ms since 1970 */
  take(node: NodeName, series: string, value: number, nowMs: number): void {
    const watched = this.#watched(node);
    watched.seenMs = nowMs;
    const found = this.#find(node, watched, series);
    if (found === undefined) return;
    found.seenMs = nowMs;
    const hours = found.conditions.some(isForecast) ? found.forecast.take(value, nowMs) : undefined;
    for (const condition of found.conditions) {
      const seen = isForecast(condition) ? hours : value;
      if (seen !== undefined) this.#look(node, condition, seen, nowMs);
    }
  }

  /** A sample of a node's present has come. @param sampleMs its time by the node's clock */
  arrived(node: NodeName, sampleMs: number, nowMs: number): void {
    const watched = this.#watched(node);
    watched.seenMs = nowMs;
    const distance = watched.delay.take(sampleMs, nowMs);
    if (distance === undefined) return;
    const found = this.#find(node, watched, CLOCK);
    if (found === undefined) return;
    found.seenMs = nowMs;
    for (const condition of found.conditions) this.#look(node, condition, distance, nowMs);
  }

  /** Ends what is about parts that are gone. To be called about once a minute. */
  tick(nowMs: number): void {
    if (nowMs - this.#options.nowMs > GONE_MS) this.#endUnseen(nowMs);
    for (const [node, watched] of this.#nodes) {
      // A node that is silent itself says nothing about its parts (invariant 3).
      if (nowMs - watched.seenMs > GONE_MS) continue;
      for (const [series, found] of watched.bySeries) {
        if (found === undefined || nowMs - found.seenMs <= GONE_MS) continue;
        for (const { rule, part, state } of found.conditions) {
          if (state === 'firing') this.#options.onGone(keyOf(rule, node, part));
        }
        watched.bySeries.delete(series);
        watched.count -= found.conditions.length;
      }
    }
  }

  /** What rules see at present. */
  states(): readonly RuleState[] {
    return [...this.#nodes].flatMap(([node, { bySeries }]) =>
      [...bySeries.values()]
        .flatMap((found) => found?.conditions ?? [])
        .filter(({ value }) => !Number.isNaN(value))
        .map(({ rule, part, state, value }) => ({ rule: rule.name, node, part, state, value })),
    );
  }

  #watched(node: NodeName): WatchedNode {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const rules = this.#options.rules.filter((rule) => rule.enabled && this.#options.concerns(rule, node));
    const byFamily = new Map<string, NamedRule[]>();
    for (const rule of rules) {
      for (const family of SERIES[rule.kind] ?? [])
        byFamily.set(family, [...(byFamily.get(family) ?? []), rule]);
    }
    const skewRules = rules.filter(({ kind }) => kind === 'clock_skew');
    const watched = {
      byFamily,
      skewRules,
      bySeries: new Map(),
      delay: new LeastDelay(),
      count: 0,
      seenMs: 0,
    };
    this.#nodes.set(node, watched);
    return watched;
  }

  #find(node: NodeName, watched: WatchedNode, series: string): WatchedSeries | undefined {
    const known = watched.bySeries.get(series);
    if (known !== undefined || watched.bySeries.has(series)) return known;
    const begun = this.#begin(node, watched, series);
    // A node that makes up ever new names is not remembered for them.
    if (begun !== undefined || watched.bySeries.size < MAX_CONDITIONS) watched.bySeries.set(series, begun);
    return begun;
  }

  #begin(node: NodeName, watched: WatchedNode, series: string): WatchedSeries | undefined {
    const colon = series.indexOf(':');
    const family = colon < 0 ? series : series.slice(0, colon + 1);
    const rules = series === CLOCK ? watched.skewRules : (watched.byFamily.get(family) ?? []);
    if (rules.length === 0 || watched.count + rules.length > MAX_CONDITIONS) return undefined;
    watched.count += rules.length;
    const part = partOf(series);
    const conditions = rules.map(
      (rule) => new Condition(rule, part, this.#restored.delete(keyOf(rule, node, part))),
    );
    return { conditions, forecast: new FillForecast(), seenMs: 0 };
  }

  #look(node: NodeName, condition: Condition, value: number, nowMs: number): void {
    const kind = condition.take(value, nowMs);
    if (kind === undefined) return;
    const { rule, part, sinceMs } = condition;
    this.#options.onChange({ kind, key: keyOf(rule, node, part), rule, node, part, value, sinceMs });
  }

  /** What was raised before the start, of nodes that have reported ever since without it. */
  #endUnseen(nowMs: number): void {
    for (const key of this.#restored) {
      const seenMs = this.#nodes.get(key.split(':')[1] as NodeName)?.seenMs ?? 0;
      if (nowMs - seenMs <= GONE_MS) this.#endRestored(key);
    }
  }

  #endRestored(key: string): void {
    this.#restored.delete(key);
    this.#options.onGone(key);
  }
}

function isForecast({ rule }: Condition): boolean {
  return rule.kind === 'filesystem_hours_left';
}

/** What an alert of a rule is known by. */
export function keyOf(rule: NamedRule, node: NodeName, part: string | undefined): string {
  return part === undefined ? `${rule.name}:${node}` : `${rule.name}:${node}:${part}`;
}

function partOf(series: string): string | undefined {
  const colon = series.indexOf(':');
  if (colon >= 0) return series.slice(colon + 1);
  return /^psi\.(.+)$/.exec(series)?.[1];
}
