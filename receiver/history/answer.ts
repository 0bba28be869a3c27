import type { NodeName } from '../../shared/names/node-name.ts';
import { findLogs } from '../backup/find-logs.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import { answerSeries, planSeries } from './answer-series.ts';
import { answerTop, answerWindow } from './answer-window.ts';
import type { SeriesAnswer, TimeRange } from './history.ts';
import type { HistoryStore } from './history-store.ts';
import type { Indexer } from './indexer.ts';
import type { Answers, HistorySettings, Question, SparklinesAnswer } from './messages.ts';
import { groupOf } from './read-values.ts';
import { SPARKLINE_MINUTES, SPARKLINE_SERIES } from './sparklines.ts';
import { BASE_TIER } from './tiers.ts';

/** What answers are made from. */
export interface AnswerSources {
  readonly settings: HistorySettings;
  readonly store: HistoryStore;
  readonly indexer: Indexer;
  readonly rules: RuleEngine;
  /** Size of history.db, bytes. */
  readonly sizeBytes: () => number;
}

/** The longest range that is answered from the samples themselves, ms. */
const WINDOW_MS = 2 * 3_600_000;

/** Points that a question may ask for. */
const MAX_POINTS = 10_000;

/** Answers a question. @throws when a log or history.db cannot be read */
export async function answer(question: Question, sources: AnswerSources): Promise<Answers[Question['kind']]> {
  const { indexer, store } = sources;
  switch (question.kind) {
    case 'names':
      return namesOf(question.node, sources);
    case 'series':
      return await seriesOf(question.node, question.names, question.range, question.points, sources);
    case 'sparklines':
      return sparklinesOf(indexer);
    case 'top':
      return await answerTop(await logsOf(question.node, sources), question.atMs);
    case 'inventory': {
      const feed = indexer.feed(question.node);
      const line = feed && store.inventory(feed.history.id);
      return line === undefined ? undefined : groupOf(groupOf(JSON.parse(line))?.['inventory']);
    }
    case 'newest_lines':
      return indexer.latest.lines();
    case 'rule_states':
      return sources.rules.states();
    case 'state':
      return { lagBytes: indexer.bytesAhead, lines: indexer.lines, bytes: sources.sizeBytes() };
    default:
      return question satisfies never;
  }
}

function namesOf(node: NodeName, { indexer, store }: AnswerSources): readonly string[] {
  const feed = indexer.feed(node);
  if (feed === undefined) return [];
  const layouts = [feed.history.layout, ...store.layoutsOf(feed.history.id)];
  return [...new Set(layouts.flatMap(({ names }) => names))].sort();
}

async function seriesOf(
  node: NodeName,
  names: readonly string[],
  asked: TimeRange,
  askedPoints: number,
  sources: AnswerSources,
): Promise<SeriesAnswer> {
  const { indexer, settings } = sources;
  const nowMs = Date.now();
  // What has not happened yet needs no points.
  const toMs = Math.min(asked.toMs, nowMs + BASE_TIER.stepMs);
  const range = { fromMs: Math.min(asked.fromMs, toMs - 1), toMs };
  const points = Math.min(Math.max(Math.floor(askedPoints), 1), MAX_POINTS);
  const feed = indexer.feed(node);
  const stepMs = (range.toMs - range.fromMs) / points;
  if (stepMs < BASE_TIER.stepMs && range.toMs - range.fromMs <= WINDOW_MS) {
    return await answerWindow(await logsOf(node, sources), names, range, Math.max(1, Math.ceil(stepMs)));
  }
  const plan = planSeries(range, points, settings.keptMs, nowMs);
  if (feed === undefined) return { stepMs: plan.stepMs, timesMs: [], series: {} };
  return answerSeries(feed.history, names, range, plan);
}

function sparklinesOf(indexer: Indexer): SparklinesAnswer {
  const { nodes } = indexer;
  const size = SPARKLINE_SERIES.length * SPARKLINE_MINUTES;
  const values = new Float32Array(nodes.length * size);
  const minute = Math.floor(Date.now() / 60_000);
  nodes.forEach((node, index) => {
    indexer.sparklines(node)?.copy(minute, values.subarray(index * size, (index + 1) * size));
  });
  return { nodes, values, minute };
}

async function logsOf(node: NodeName, { settings }: AnswerSources) {
  return (await findLogs(settings.logsRoot, node)).map(({ paths }) => paths);
}
