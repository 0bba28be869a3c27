/**
 * What the receiver answers, as the client reads it. Times are ms since 1970, ratios 0–1, sizes bytes. Every string comes from outside
 * and is shown as text only.
 */

import type { Unit } from '../text/format-value.ts';

/** What a node is doing, as the receiver sees it. */
export type NodeState = 'up' | 'late' | 'down' | 'unknown' | 'planned-off' | 'revoked';

/** The series that the fleet page draws. */
export type SparklineName = 'cpu.used' | 'mem.ratio' | 'fs.fullest' | 'temp.hottest' | 'net.rx' | 'net.tx';

/** The newest sample of a node; `values` by name of the series. */
export interface Latest {
  readonly atMs: number;
  readonly values: Readonly<Record<string, number>>;
}

/** A column of a graph; null where nothing is known. */
export type Column = readonly (number | null)[];

/** A node, without its graphs. */
export interface NodeInfo {
  readonly name: string;
  readonly state: NodeState;
  /** Since when it is in this state. */
  readonly sinceMs: number;
  readonly tags: readonly string[];
  readonly hostName: string;
  readonly address: string;
  readonly version: string;
  readonly connected: boolean;
  /** How the last connection ended. */
  readonly end?: string | undefined;
  readonly uptimeSeconds?: number | undefined;
  readonly latest: Latest | null;
  /** How many alerts are firing. */
  readonly firing: number;
}

/** A node as the fleet page shows it. */
export interface FleetNode extends NodeInfo {
  readonly sparklines: Readonly<Partial<Record<SparklineName, Column>>>;
}

/** `GET /api/fleet`. */
export interface FleetAnswer {
  readonly nowMs: number;
  /** Seconds between samples. */
  readonly sleeptime: number;
  readonly nodes: readonly FleetNode[];
}

/** `GET /api/session`. */
export interface SessionAnswer {
  readonly user: string;
  readonly role: 'admin' | 'viewer';
  readonly csrf: string;
  readonly version: string;
}

/** Event `fleet` of `/api/events`. */
export interface FleetEvent {
  readonly nodes: readonly Pick<FleetNode, 'name' | 'state' | 'sinceMs' | 'latest'>[];
}

/** A stretch of a node's past in which something was wrong; `toMs` is null while it lasts. */
export interface Band {
  readonly kind: 'outage' | 'alert';
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly title: string;
  readonly severity?: string | undefined;
}

/** `GET /api/nodes/:name`. */
export interface NodeAnswer {
  readonly node: NodeInfo;
  readonly logId: string;
  /** What the machine is made of, as the sender reported it. */
  readonly inventory: Readonly<Record<string, unknown>> | null;
  readonly seriesNames: readonly string[];
  readonly sleeptime: number;
  readonly bands: readonly Band[];
}

/** Columns of one series. */
export interface SeriesColumns {
  readonly mean: Column;
  readonly min: Column;
  readonly max: Column;
}

/** `GET /api/nodes/:name/series`: evenly spaced points of `stepMs`. */
export interface SeriesAnswer {
  readonly stepMs: number;
  readonly timesMs: readonly number[];
  readonly series: Readonly<Record<string, SeriesColumns>>;
}

/** One of the busiest processes; `cpu` is the share of all processors, `rss` bytes. */
export interface TopProcess {
  readonly pid: number;
  readonly name: string;
  readonly cpu: number;
  readonly rss: number;
}

/** `GET /api/nodes/:name/top`. */
export interface TopAnswer {
  readonly atMs: number;
  readonly cpu: readonly TopProcess[];
  readonly mem: readonly TopProcess[];
}

/** `GET /api/series-families`: a family of series, such as `cpu.user` or `fs.used:*`. */
export interface SeriesFamily {
  readonly name: string;
  readonly unit: Unit;
  readonly title: string;
}

/** `GET /api/compare`: one series of many nodes, a column for each. */
export interface CompareAnswer {
  readonly stepMs: number;
  readonly timesMs: readonly number[];
  readonly nodes: Readonly<Record<string, Column>>;
}

/** How bad an alert is. */
export type Severity = 'critical' | 'warning' | 'info';

/** An alert that is firing, or was. */
export interface Alert {
  readonly id: number | string;
  /** What it is about; silences name it. */
  readonly key: string;
  readonly rule: string;
  readonly node?: string | null | undefined;
  readonly severity: Severity;
  readonly title: string;
  readonly detail?: string | undefined;
  readonly sinceMs: number;
  readonly resolvedMs?: number | undefined;
  readonly acknowledged?:
    | { readonly by: string; readonly atMs: number; readonly why?: string | undefined }
    | undefined;
  /** Why nobody is told about it. */
  readonly silenced?: string | undefined;
}

/** `GET /api/alerts`; the history begins with the newest. */
export interface AlertsAnswer {
  readonly firing: readonly Alert[];
  readonly history: readonly Alert[];
}

/** A time in which nobody is told about what the pattern names. */
export interface Silence {
  readonly id: number | string;
  readonly pattern: string;
  readonly why: string;
  readonly by: string;
  readonly beginsMs: number;
  readonly endsMs: number;
}

/** A rule that raises alerts. */
export interface Rule {
  readonly name: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly raise?: number | string | undefined;
  readonly clear?: number | string | undefined;
  readonly forSeconds?: number | undefined;
  readonly enabled: boolean;
}

/** What a rule says about a node, or a part of it, at present. */
export interface RuleState {
  readonly rule: string;
  readonly node: string;
  readonly object?: string | undefined;
  readonly state: 'ok' | 'pending' | 'firing';
  readonly value: number | null;
}

/** `GET /api/rules`. */
export interface RulesAnswer {
  readonly rules: readonly Rule[];
  readonly states: readonly RuleState[];
}

/** A message to somebody, sent or on its way. */
export interface OutboxEntry {
  readonly id: number | string;
  readonly messageId: string;
  readonly subject: string;
  readonly to: string | readonly string[];
  readonly state: string;
  readonly attempts: number;
  readonly createdMs: number;
  readonly sentMs?: number | null | undefined;
  readonly lastError?: string | null | undefined;
}

/** `GET /api/outbox/:id`: a message as it was sent. */
export interface OutboxMessage {
  readonly subject: string;
  readonly to: string | readonly string[];
  readonly text: string;
  readonly html?: string | null | undefined;
}

/** Where a copy of a log ends. */
export interface CopyPosition {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
}

/** The copies of one node's log. */
export interface NodeCopies {
  readonly name: string;
  readonly receiver: CopyPosition;
  readonly mirror: CopyPosition | null;
  readonly lagBytes: number;
  readonly lagSeconds?: number | undefined;
  readonly lastVerify?: { readonly atMs: number; readonly ok: boolean; readonly message: string } | undefined;
}

/** The copy on the second drive. */
export interface MirrorInfo {
  readonly directory: string;
  readonly state: 'ok' | 'late' | 'failed' | 'missing' | 'never';
  readonly lastRunMs?: number | undefined;
  readonly lastBytes?: number | undefined;
  readonly message?: string | undefined;
  readonly running?: boolean | undefined;
}

/** `GET /api/copies`. */
export interface CopiesAnswer {
  readonly mirror: MirrorInfo;
  readonly nodes: readonly NodeCopies[];
}

/** Events `mirror` and `verify` of `/api/events`. */
export interface ProgressEvent {
  readonly running: boolean;
  readonly done: number;
  readonly total: number;
  readonly message?: string | undefined;
  readonly ok?: boolean | undefined;
}

/** `POST /api/join-codes`. */
export interface JoinCodeAnswer {
  readonly code: string;
  /** What to type on the new node. */
  readonly line: string;
  readonly expiresMs: number;
}

/** Somebody who may sign in. */
export interface User {
  readonly name: string;
  readonly role: 'admin' | 'viewer';
}

/** A token by which programs ask the API. */
export interface ApiToken {
  readonly id: number | string;
  readonly name?: string | undefined;
  readonly role?: string | undefined;
  readonly createdMs?: number | undefined;
  readonly lastUsedMs?: number | null | undefined;
}
