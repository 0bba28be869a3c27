/**
 * History: what the graphs are drawn from. A worker thread follows every log (DESIGN: one writer, many followers) into
 * `history.db` and answers questions about the past; this is what the rest of the receiver sees of it.
 *
 * 1. The logs are the truth. history.db holds what can be made from them again, and is made again when it is lost or damaged.
 * 2. The position up to which a log has been taken in is stored in the transaction that stores what came of it.
 * 3. A bucket never depends on the order in which lines come: backlog that arrives late changes the old buckets.
 */

import type { NodeName } from '../../shared/names/node-name.ts';
import type { RuleState } from '../rules/rules.ts';

/** A stretch of time, ms since 1970; `toMs` is not part of it. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Columns of equal length, one entry for each of `timesMs`; null where nothing is known. */
export interface SeriesColumns {
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

/** Answer to {@link History.series}. */
export interface SeriesAnswer {
  /** What one point stands for, ms. */
  readonly stepMs: number;
  /** Where each point begins, ms since 1970, ascending and evenly spaced by `stepMs`. */
  readonly timesMs: readonly number[];
  /** By name of the series; one that the node does not have is left out. */
  readonly series: Readonly<Record<string, SeriesColumns>>;
}

/** What {@link History.overview} says about one node. */
export interface NodeOverview {
  /** By name of the series: `points` means, oldest first, null where nothing is known. */
  readonly sparklines: Readonly<Record<string, readonly (number | null)[]>>;
}

/** The newest sample of a node, in the words of `series.ts`. */
export interface LatestSample {
  readonly node: NodeName;
  /** Time of the sample by the node's clock, ms since 1970. */
  readonly atMs: number;
  /** Present values by name of the series; rates are those since the sample before. */
  readonly values: Readonly<Record<string, number>>;
}

/** Busiest processes, as a `top` line of the log has them. */
export interface TopProcesses {
  readonly atMs: number;
  readonly cpu: readonly TopProcess[];
  readonly mem: readonly TopProcess[];
}

/** One process of a `top` line. */
export interface TopProcess {
  readonly pid: number;
  readonly name: string;
  /** Share of all processors, 0–1. */
  readonly cpu: number;
  /** Resident memory, bytes. */
  readonly rss: number;
}

/** How far history is behind the logs. */
export interface HistoryState {
  /** Bytes of logs that are not taken in yet. */
  readonly lagBytes: number;
  /** Lines taken in since the start. */
  readonly lines: number;
  /** Size of history.db with its journal, bytes. */
  readonly bytes: number;
}

/** The past of all nodes. Everything but {@link History.latest} is answered by the worker. */
export interface History extends AsyncDisposable {
  /** Names of the series of a node, sorted; see `series.ts` for their meaning. */
  names(node: NodeName): Promise<readonly string[]>;
  /** The named series over a range in at most `points` points (1–10 000), from the finest tier that covers it. */
  series(node: NodeName, names: readonly string[], range: TimeRange, points: number): Promise<SeriesAnswer>;
  /** Sparklines of all nodes: the last hour, a point a minute, of the series in `SPARKLINE_SERIES`. */
  overview(): Promise<ReadonlyMap<NodeName, NodeOverview>>;
  /** The `top` line nearest to a time, not further away than two minutes. */
  top(node: NodeName, atMs: number): Promise<TopProcesses | undefined>;
  /** The newest `inventory` of a node, as it stands in the log. */
  inventory(node: NodeName): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** The newest samples by node, as the main thread has been told: at most once a second for each node. */
  latest(): ReadonlyMap<NodeName, LatestSample>;
  /** Is told of the samples that are new since the last call, at most once a second; the result ends it. */
  onLatest(listener: (samples: readonly LatestSample[]) => void): () => void;
  /**
   * The newest sample of every node, as a line of JSON; a counter that may have fallen by a glitch
   * is null.
   */
  newestLines(): Promise<ReadonlyMap<NodeName, string>>;
  /** What the rules see in the samples at present. */
  ruleStates(): Promise<readonly RuleState[]>;
  state(): Promise<HistoryState>;
}
