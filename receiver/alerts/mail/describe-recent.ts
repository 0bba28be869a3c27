import { describePast } from './describe-past.ts';
import { describeSample } from './describe-sample.ts';
import { describeTop } from './describe-top.ts';
import type { Block } from './document.ts';
import type { Metric } from './metric.ts';
import type { RecentLines } from './recent-lines.ts';

/** All that the log says about a node just before: graph, last minutes, last values, busiest processes. */
export function describeRecent(recent: RecentLines | undefined, metric: Metric, timeZone?: string): Block[] {
  return [
    ...describePast(recent, metric, timeZone),
    ...lastValues(recent, 'Its last values', timeZone),
    ...busiest(recent, timeZone),
  ];
}

/** The newest sample alone. */
export function lastValues(recent: RecentLines | undefined, title: string, timeZone?: string): Block[] {
  const line = recent?.samples.at(-1);
  const sample = line === undefined ? undefined : describeSample(line, timeZone);
  if (sample === undefined) return [];
  return [{ kind: 'facts', title: withMoment(title, sample.taken), facts: sample.facts }];
}

function busiest(recent: RecentLines | undefined, timeZone: string | undefined): Block[] {
  const top = recent?.top === undefined ? undefined : describeTop(recent.top, timeZone);
  if (top === undefined) return [];
  return [{ kind: 'facts', title: withMoment('Its busiest processes', top.taken), facts: top.facts }];
}

function withMoment(title: string, moment: string | undefined): string {
  return moment === undefined ? `${title}:` : `${title}, ${moment}:`;
}
