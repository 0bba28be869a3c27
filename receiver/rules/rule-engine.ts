import type { NodeName } from '../../shared/names/node-name.ts';
import { Condition } from './condition.ts';
import { CLOCK, familyOf, groupByFamily, looksAt, type RulesByFamily } from './families.ts';
import { FillForecast } from './fill-forecast.ts';
import { LeastDelay } from './least-delay.ts';
import type { NamedRule, RuleChange, RuleState } from './rules.ts';

/** Conditions that are watched of one node, for all rules together. */
const MAX_CONDITIONS = 1000;

/** Names of series that are known to concern no rule, of all nodes together. */
const MAX_IDLE_SERIES = 10_000;

/** A part that was not seen for so long while its node reports is gone, ms. */
const GONE_MS = 10 * 60_000;

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
  /** For rules that ask when it is full; undefined where none does. */
  readonly forecast: FillForecast | undefined;
  seenMs: number;
}

interface WatchedNode {
  /** Those that concern the node. */
  readonly rules: RulesByFamily;
  /** By series; undefined: it concerns rules, but none that concerns the node. */
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
  readonly #rules: readonly NamedRule[];
  /** Those that concern a node, by their names; most nodes have the same. */
  readonly #ruleSets = new Map<string, RulesByFamily>();
  /** Series that no rule looks at, so that not every node remembers each of them. */
  readonly #idle = new Set<string>();
  /** Raised before the start, and not seen since. */
  readonly #restored: Set<string>;

  constructor(options: RuleEngineOptions) {
    this.#options = options;
    this.#rules = options.rules.filter(({ enabled }) => enabled);
    this.#restored = new Set(options.firing);
    const names = new Set(this.#rules.map(({ name }) => name));
    for (const key of this.#restored) if (!names.has(key.split(':')[0] ?? '')) this.#endRestored(key);
  }

  /** Looks at one value of a node's present. @param nowMs ms since 1970 */
  take(node: NodeName, series: string, value: number, nowMs: number): void {
    const watched = this.#watched(node);
    watched.seenMs = nowMs;
    const found = this.#find(node, watched, series);
    if (found === undefined) return;
    found.seenMs = nowMs;
    const hours = found.forecast?.take(value, nowMs);
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
    const rules = this.#rules.filter((rule) => this.#options.concerns(rule, node));
    const watched = {
      rules: this.#byFamily(rules),
      bySeries: new Map(),
      delay: new LeastDelay(),
      count: 0,
      seenMs: 0,
    };
    this.#nodes.set(node, watched);
    return watched;
  }

  #byFamily(rules: readonly NamedRule[]): RulesByFamily {
    const key = JSON.stringify(rules.map(({ name }) => name));
    const known = this.#ruleSets.get(key) ?? groupByFamily(rules);
    this.#ruleSets.set(key, known);
    return known;
  }

  #find(node: NodeName, watched: WatchedNode, series: string): WatchedSeries | undefined {
    const known = watched.bySeries.get(series);
    if (known !== undefined || this.#idle.has(series) || watched.bySeries.has(series)) return known;
    const family = familyOf(series);
    if (this.#rules.some((rule) => looksAt(rule, family))) {
      const begun = this.#begin(node, watched, series, family);
      // A node that makes up ever new names is not remembered for them.
      if (begun !== undefined || watched.bySeries.size < MAX_CONDITIONS) watched.bySeries.set(series, begun);
      return begun;
    }
    if (this.#idle.size >= MAX_IDLE_SERIES) this.#idle.clear();
    this.#idle.add(series);
    return undefined;
  }

  #begin(node: NodeName, watched: WatchedNode, series: string, family: string): WatchedSeries | undefined {
    const rules = watched.rules.get(family) ?? [];
    if (rules.length === 0 || watched.count + rules.length > MAX_CONDITIONS) return undefined;
    watched.count += rules.length;
    const part = partOf(series);
    const conditions = rules.map(
      (rule) => new Condition(rule, part, this.#restored.delete(keyOf(rule, node, part))),
    );
    const forecast = conditions.some(isForecast) ? new FillForecast() : undefined;
    return { conditions, forecast, seenMs: 0 };
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
