import type { NodeName } from '../../shared/names/node-name.ts';
import type { Pulse } from '../pulse/pulse.ts';
import type { Tags } from '../rules/concerns.ts';
import type { NamedRule, RuleChange, RuleState } from '../rules/rules.ts';
import type { HistoryState, LatestSample, SeriesAnswer, TimeRange, TopProcesses } from './history.ts';

/** What the history worker is told when it is started. */
export interface HistorySettings {
  readonly logsRoot: string;
  /** Of history.db. */
  readonly path: string;
  /** How long each tier is kept, ms, finest first. */
  readonly keptMs: readonly number[];
  /** The rules that the nodes' samples are held against. */
  readonly rules: readonly NamedRule[];
  /** Tags by node. */
  readonly tags: Tags;
  /** Keys of what rules have raised, and is not over. */
  readonly firing: readonly string[];
}

/** What the thread is started with. */
export interface HistoryStart extends HistorySettings {
  readonly pulse: Pulse;
}

/** What can be asked. */
export type Question =
  | { readonly kind: 'names'; readonly node: NodeName }
  | {
      readonly kind: 'series';
      readonly node: NodeName;
      readonly names: readonly string[];
      readonly range: TimeRange;
      readonly points: number;
    }
  | { readonly kind: 'sparklines' }
  | { readonly kind: 'top'; readonly node: NodeName; readonly atMs: number }
  | { readonly kind: 'inventory'; readonly node: NodeName }
  | { readonly kind: 'newest_lines' }
  | { readonly kind: 'rule_states' }
  | { readonly kind: 'state' };

/** What is answered to each question. */
export interface Answers {
  readonly names: readonly string[];
  readonly series: SeriesAnswer;
  readonly sparklines: SparklinesAnswer;
  readonly top: TopProcesses | undefined;
  readonly inventory: Readonly<Record<string, unknown>> | undefined;
  readonly newest_lines: readonly (readonly [NodeName, string])[];
  readonly rule_states: readonly RuleState[];
  readonly state: HistoryState;
}

/** The last hour of every node, as `Sparklines.copy` writes it, one after the other. */
export interface SparklinesAnswer {
  readonly nodes: readonly NodeName[];
  readonly values: Float32Array;
  /** Number of the last minute, since 1970. */
  readonly minute: number;
}

/** From the main thread to the history worker. */
export type ToHistory =
  /** The logs of these nodes have grown. */
  | { readonly kind: 'moved'; readonly nodes: readonly NodeName[]; readonly isNews: boolean }
  /** The newest sample of a node whose log is far behind. */
  | { readonly kind: 'live'; readonly node: NodeName; readonly line: string }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
  | { readonly kind: 'stop' };

/** From the history worker to the main thread. */
export type FromHistory =
  | { readonly kind: 'ready' }
  | { readonly kind: 'latest'; readonly samples: readonly LatestSample[] }
  | { readonly kind: 'rule'; readonly change: RuleChange }
  | { readonly kind: 'rule_gone'; readonly key: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answers[Question['kind']] }
  | { readonly kind: 'refused'; readonly id: number; readonly message: string }
  /** A log could not be read; it is tried again. */
  | { readonly kind: 'trouble'; readonly node: NodeName; readonly message: string };
