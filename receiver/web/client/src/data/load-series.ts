import { getJson } from './api.ts';
import type { SeriesAnswer } from './contract.ts';

/** A stretch of time, ms since 1970. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Batch {
  readonly names: Set<string>;
  readonly answer: Promise<SeriesAnswer>;
}

const batches = new Map<string, Batch>();

/**
 * Reads series of a node over a window. What several graphs ask for at the same moment about the same window goes to the receiver as
 * one question.
 */
export function loadSeries(
  node: string,
  names: readonly string[],
  { fromMs, toMs }: TimeWindow,
  points: number,
): Promise<SeriesAnswer> {
  const question = `/nodes/${encodeURIComponent(node)}/series?fromMs=${fromMs}&toMs=${toMs}&points=${points}`;
  const batch = batches.get(question) ?? openBatch(question);
  for (const name of names) batch.names.add(name);
  return batch.answer;
}

function openBatch(question: string): Batch {
  const names = new Set<string>();
  const answer = Promise.resolve().then(() => {
    batches.delete(question);
    return getJson<SeriesAnswer>(`${question}&names=${encodeURIComponent([...names].join(','))}`);
  });
  const batch = { names, answer };
  batches.set(question, batch);
  return batch;
}
