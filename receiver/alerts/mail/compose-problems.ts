import { cleanText } from '../../../shared/mail/clean-text.ts';
import { formatDuration, formatMoment } from '../../../shared/time/format-time.ts';
import type { Incident } from '../incidents/incident.ts';
import type { ComposedMail } from './compose-disconnect.ts';
import { describeRecent } from './describe-recent.ts';
import type { Block } from './document.ts';
import { metricOf } from './metric.ts';
import type { RecentLines } from './recent-lines.ts';

/**
 * The mail that says that something is wrong; several problems that came up together share it. One that stands alone and is
 * about a node also shows how it came to that.
 *
 * @param recent what the logs of some nodes say about the time before
 */
export function composeProblems(
  problems: readonly Incident[],
  recent: ReadonlyMap<string, RecentLines> = new Map(),
  timeZone?: string,
): ComposedMail {
  const [only] = problems.length === 1 ? problems : [];
  const titles = problems.map((problem) => cleanText(problem.title, 120));
  const subject = titles.length === 1 ? titles[0] : `${titles.length} problems: ${titles[0]}, …`;
  return {
    subject: `[fleetkeep] ${subject}`,
    blocks: [
      ...problems.flatMap((problem) => composeOne(problem, timeZone)),
      ...(only?.node === undefined
        ? []
        : describeRecent(recent.get(only.node), metricOf(only.key), timeZone)),
    ],
  };
}

function composeOne(problem: Incident, timeZone: string | undefined): Block[] {
  const { openedMs, endedMs } = problem;
  const isOver = endedMs !== undefined && endedMs > openedMs;
  return [
    { kind: 'headline', tone: isOver ? 'good' : 'bad', text: cleanText(problem.title) },
    ...detailBlocks(problem.detail),
    {
      kind: 'facts',
      facts: [
        [endedMs === openedMs ? 'at' : 'since', formatMoment(openedMs, timeZone)],
        ['severity', problem.severity],
        ...(problem.node === undefined ? [] : [['node', problem.node] as const]),
        ...(isOver ? [['over since', formatMoment(endedMs, timeZone)] as const] : []),
      ],
    },
  ];
}

function detailBlocks(detail: string): Block[] {
  return detail
    .split('\n')
    .map((line) => cleanText(line, 1_000))
    .filter((line) => line !== '')
    .slice(0, 50)
    .map((text) => ({ kind: 'text', text }));
}

/** The mail that says that problems are over, in their thread. */
export function composeProblemsOver(problems: readonly Incident[], timeZone?: string): ComposedMail {
  const titles = problems.map(({ title }) => cleanText(title, 120));
  const [only] = problems.length === 1 ? problems : [];
  const subject =
    only === undefined
      ? `${titles.length} problems are over: ${titles[0]}, …`
      : `over after ${formatDuration(lastedMs(only))}: ${titles[0]}`;
  return { subject: `[fleetkeep] ${subject}`, blocks: problems.flatMap((one) => composeOver(one, timeZone)) };
}

function composeOver(problem: Incident, timeZone: string | undefined): readonly Block[] {
  const { openedMs, endedMs = openedMs } = problem;
  return [
    { kind: 'headline', tone: 'good', text: `Over: ${cleanText(problem.title)}` },
    {
      kind: 'facts',
      facts: [
        ['over since', formatMoment(endedMs, timeZone)],
        ['since', formatMoment(openedMs, timeZone)],
        ['it lasted', formatDuration(lastedMs(problem))],
      ],
    },
  ];
}

function lastedMs({ openedMs, endedMs = openedMs }: Incident): number {
  return endedMs - openedMs;
}
