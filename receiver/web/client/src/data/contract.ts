/**
 * What the receiver answers, as the client reads it: the types of the schemas in `receiver/web/contract/`, without the schemas. Times
 * are ms since 1970, ratios 0–1, sizes bytes. Every string comes from outside and is shown as text only.
 */

import type { z } from 'zod';
import type * as alerts from '../../../contract/alerts.ts';
import type * as common from '../../../contract/common.ts';
import type * as copies from '../../../contract/copies.ts';
import type * as fleet from '../../../contract/fleet.ts';
import type * as session from '../../../contract/session.ts';

/** A value that is only read, all the way down. */
type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
type Answer<S extends z.ZodType> = Frozen<z.output<S>>;

/** How bad an alert is. */
export type Severity = Answer<typeof common.severity>;
/** A column of a graph; null where nothing is known. */
export type Column = Answer<typeof common.column>;

/** What a node is doing, as the receiver sees it. */
export type NodeState = Answer<typeof fleet.nodeState>;
/** The newest sample of a node; `values` by name of the series. */
export type Latest = Answer<typeof fleet.latest>;
/** A node, without its graphs. */
export type NodeInfo = Answer<typeof fleet.nodeInfo>;
/** `GET /api/fleet`. */
export type FleetAnswer = Answer<typeof fleet.fleetAnswer>;
/** A node as the fleet page shows it; sparklines by name of the series. */
export type FleetNode = FleetAnswer['nodes'][number];
/** Event `fleet` of `/api/events`. */
export interface FleetEvent {
  readonly nodes: readonly Pick<FleetNode, 'name' | 'state' | 'sinceMs' | 'latest'>[];
}
/** `GET /api/nodes/:name`. */
export type NodeAnswer = Answer<typeof fleet.nodeAnswer>;
/** A stretch of a node's past in which something was wrong; `toMs` is null while it lasts. */
export type Band = NodeAnswer['bands'][number];
/** `GET /api/nodes/:name/series`: evenly spaced points of `stepMs`. */
export type SeriesAnswer = Answer<typeof fleet.seriesAnswer>;
/** `GET /api/nodes/:name/top`. */
export type TopAnswer = Answer<typeof fleet.topAnswer>;
/** One of the busiest processes; `cpu` is the share of all processors, `rss` bytes. */
export type TopProcess = TopAnswer['cpu'][number];
/** `GET /api/series-families`: a family of series, such as `cpu.user` or `fs.used:*`. */
export type SeriesFamily = Answer<typeof fleet.familiesAnswer>[number];
/** `GET /api/compare`: one series of many nodes, a column for each. */
export type CompareAnswer = Answer<typeof fleet.compareAnswer>;
/** `POST /api/join-codes`: the code, and what to type on the new node. */
export type JoinCodeAnswer = Answer<typeof fleet.joinCodeAnswer>;

/** `GET /api/alerts`; the history begins with the newest. */
export type AlertsAnswer = Answer<typeof alerts.alertsAnswer>;
/** An alert that is firing, or was; silences name its `key`. */
export type Alert = AlertsAnswer['firing'][number];
/** A time in which nobody is told about what the pattern names. */
export type Silence = Answer<typeof alerts.silencesAnswer>[number];
/** `GET /api/rules`. */
export type RulesAnswer = Answer<typeof alerts.rulesAnswer>;
/** A rule that raises alerts. */
export type Rule = RulesAnswer['rules'][number];
/** What a rule says about a node, or a part of it, at present. */
export type RuleState = RulesAnswer['states'][number];
/** A message to somebody, sent or on its way. */
export type OutboxEntry = Answer<typeof alerts.outboxAnswer>[number];
/** `GET /api/outbox/:id`: a message as it was sent. */
export type OutboxMessage = Answer<typeof alerts.messageAnswer>;

/** `GET /api/copies`. */
export type CopiesAnswer = Answer<typeof copies.copiesAnswer>;
/** The copy on the second drive. */
export type MirrorInfo = CopiesAnswer['mirror'];
/** The copies of one node's log. */
export type NodeCopies = CopiesAnswer['nodes'][number];
/** Where a copy of a log ends. */
export type CopyPosition = NodeCopies['receiver'];
/** Events `mirror` and `verify` of `/api/events`. */
export type ProgressEvent = Answer<typeof copies.progress>;

/** `GET /api/session`. */
export type SessionAnswer = Answer<typeof session.sessionAnswer>;
/** Somebody who may sign in. */
export type User = Answer<typeof session.usersAnswer>[number];
/** A token by which programs ask the API. */
export type ApiToken = Answer<typeof session.tokensAnswer>[number];
