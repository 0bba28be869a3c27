import { cleanText } from '../../../shared/mail/clean-text.ts';
import { formatDuration, formatMoment } from '../../../shared/time/format-time.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Block } from './document.ts';

/** Incidents of one mail that are told in full. */
const MAX_TOLD = 20;

/** The body of the mail that reminds of what lasts; its subject is that of the thread. */
export function composeReminder(
  incidents: readonly Incident[],
  nowMs: number,
  timeZone?: string,
): readonly Block[] {
  const told = incidents.slice(0, MAX_TOLD).map((incident): Block[] => [
    {
      kind: 'headline',
      tone: 'bad',
      text: `Still so after ${formatDuration(nowMs - incident.openedMs)}: ${cleanText(incident.title)}`,
    },
    {
      kind: 'facts',
      facts: [
        ['since', formatMoment(incident.openedMs, timeZone)],
        ['severity', incident.severity],
        ['reminder', `number ${incident.reminders + 1}`],
      ],
    },
  ]);
  const ids = incidents.slice(0, MAX_TOLD).map(({ id }) => id);
  const left = incidents.length - told.length;
  return [
    ...told.flat(),
    ...(left > 0 ? [{ kind: 'text', text: `And ${left} more.` } as const] : []),
    {
      kind: 'text',
      text: `Whoever takes care of it ends the reminders: fleetkeep-receiver alerts ack ${ids.join(' ')}`,
    },
  ];
}

/** The body of the mail that says that it became worse; its subject is that of the thread. */
export function composeWorse(incidents: readonly Incident[], timeZone?: string): readonly Block[] {
  return incidents.flatMap((incident): Block[] => [
    { kind: 'headline', tone: 'bad', text: `Now ${incident.severity}: ${cleanText(incident.title)}` },
    ...incident.detail
      .split('\n')
      .map((line) => cleanText(line, 1_000))
      .filter((line) => line !== '')
      .slice(0, 50)
      .map((text): Block => ({ kind: 'text', text })),
    {
      kind: 'facts',
      facts: [
        ['since', formatMoment(incident.openedMs, timeZone)],
        ['was', incident.toldSeverity ?? 'not told'],
      ],
    },
  ]);
}
