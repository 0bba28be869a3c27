import type { NodeName } from '../../shared/names/node-name.ts';
import type { Condition } from './condition.ts';
import { CLOCK, familyOf, groupByFamily, looksAt, type RulesByFamily } from './families.ts';
import { LeastDelay } from './least-delay.ts';
import { goesByMean } from './mean-condition.ts';
import type { NamedRule, RuleChange, RuleState } from './rules.ts';
import { SampleClock, type SampleStamp, type Stretch } from './sample-clock.ts';
import { WatchedSeries } from './watched-series.ts';

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
  /**
   * What is known of a node from before this program was started; undefined where that is nothing.
   */
  readonly past?: ((node: NodeName, range: TimeRange) => Past | undefined) | undefined;
  /** When the engine is made, ms since 1970, by the same clock as all that it is told later. That one must never be set. */
  readonly nowMs: number;
  /** The clock on the wall, ms since 1970, with which those of the nodes are compared; the other one when left out. */
  readonly wallNow?: (() => number) | undefined;
}

/** A stretch of a node's past. */
export interface TimeRange {
  /** By the node's clock, ms since 1970; `toMs` is not part of it. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Means of a node's past, oldest first. */
export type Past = readonly PastMean[];

/** What is known about a short stretch of the past. */
export interface PastMean {
  /** By the node's clock, ms since 1970. */
  readonly endMs: number;
  readonly coversMs: number;
  /** Means by series. */
  readonly values: Iterable<readonly [series: string, value: number]>;
}

/** A sample that is being looked at. */
export interface Moment {
  /** undefined when it was taken into account before. */
  readonly stretch: Stretch | undefined;
  /** ms since 1970. */
  readonly nowMs: number;
  /** Whether it tells about the present, so that rules may say something. */
  readonly isPresent: boolean;
}

interface WatchedNode {
  /** Those that concern the node. */
  readonly rules: RulesByFamily;
  /** By series; undefined: it concerns rules, but none that concerns the node. */
  readonly bySeries: Map<string, WatchedSeries | undefined>;
  readonly delay: LeastDelay;
  readonly clock: SampleClock;
  /** Whether the windows know the time before this program was started. */
  isRestored: boolean;
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
  readonly #memoryMs: number;

  constructor(options: RuleEngineOptions) {
    this.#options = options;
    this.#rules = options.rules.filter(({ enabled }) => enabled);
    this.#restored = new Set(options.firing);
    const seconds = this.#rules
      .filter(({ kind }) => goesByMean(kind))
      .flatMap((rule) => [rule.for_seconds, rule.clear_for_seconds]);
    this.#memoryMs = Math.max(0, ...seconds) * 1000;
    const names = new Set(this.#rules.map(({ name }) => name));
    for (const key of this.#restored) if (!names.has(key.split(':')[0] ?? '')) this.#endRestored(key);
  }

  /** The longest time that a rule looks back over, ms. */
  get memoryMs(): number {
    return this.#memoryMs;
  }

  /**
   * A sample of a node has come; its values are to be taken with what this returns.
   *
   * @param isPresent whether it tells about the present, or only belongs to the time that rules
   * look back over
   */
  arrived(node: NodeName, stamp: SampleStamp, nowMs: number, isPresent = true): Moment {
    const watched = this.#watched(node);
    const isFirst = !watched.isRestored;
    const stretch = watched.clock.take(stamp);
    if (isFirst) this.#restore(node, watched, stamp.atMs, nowMs);
    if (isPresent) this.#lookAtClock(node, watched, stamp.atMs, nowMs);
    return { stretch, nowMs, isPresent };
  }

  /** Looks at one value of a sample. */
  take(node: NodeName, series: string, value: number, { stretch, nowMs, isPresent }: Moment): void {
    const watched = this.#watched(node);
    const found = this.#find(node, watched, series);
    if (found === undefined) return;
    if (stretch !== undefined) found.remember(value, stretch);
    if (isPresent) found.look(value, nowMs, (condition, kind) => this.#tell(node, condition, kind, nowMs));
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
        .map(({ rule, part, state, judged }) => ({ rule: rule.name, node, part, state, value: judged })),
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
      clock: new SampleClock(),
      isRestored: false,
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
    return new WatchedSeries(rules, part, (rule) => this.#restored.delete(keyOf(rule, node, part)));
  }

  #lookAtClock(node: NodeName, watched: WatchedNode, sampleMs: number, nowMs: number): void {
    watched.seenMs = nowMs;
    const distance = watched.delay.take(sampleMs, this.#wallMs(nowMs));
    if (distance === undefined) return;
    this.#find(node, watched, CLOCK)?.look(distance, nowMs, (condition, kind) =>
      this.#tell(node, condition, kind, nowMs),
    );
  }

  /** Fills the windows with what is stored of the time before a node's first sample. */
  #restore(node: NodeName, watched: WatchedNode, firstMs: number, nowMs: number): void {
    watched.isRestored = true;
    const range = { fromMs: firstMs - this.#memoryMs, toMs: firstMs };
    for (const { endMs, coversMs, values } of this.#options.past?.(node, range) ?? []) {
      const stretch = { endMs: endMs - firstMs, coversMs };
      for (const [series, value] of values) {
        const found = this.#find(node, watched, series);
        if (found === undefined) continue;
        found.remember(value, stretch);
        // It is not gone yet: the node has not said anything.
        found.seenMs = nowMs;
      }
    }
  }

  #tell(node: NodeName, condition: Condition, kind: 'raise' | 'clear', nowMs: number): void {
    const { rule, part, value, judged } = condition;
    const seconds = kind === 'raise' ? rule.for_seconds : rule.clear_for_seconds;
    const sinceMs = this.#wallMs(nowMs) - seconds * 1000;
    const key = keyOf(rule, node, part);
    this.#options.onChange({ kind, key, rule, node, part, value, judged, sinceMs });
  }

  #wallMs(nowMs: number): number {
    return this.#options.wallNow?.() ?? nowMs;
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

/** What an alert of a rule is known by. */
export function keyOf(rule: NamedRule, node: NodeName, part: string | undefined): string {
  return part === undefined ? `${rule.name}:${node}` : `${rule.name}:${node}:${part}`;
}

function partOf(series: string): string | undefined {
  const colon = series.indexOf(':');
  if (colon >= 0) return series.slice(colon + 1);
  return /^psi\.(.+)$/.exec(series)?.[1];
}
