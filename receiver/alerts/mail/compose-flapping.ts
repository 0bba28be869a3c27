import { cleanText } from '../../../shared/mail/clean-text.ts';
import { formatDuration, formatMoment } from '../../../shared/time/format-time.ts';
import type { Incident } from '../incidents/incident.ts';
import type { ComposedMail } from './compose-disconnect.ts';
import type { Block } from './document.ts';

/** Incidents of one mail that are listed. */
const MAX_LINES = 100;

/** The mail that says that something comes and goes, and that single changes are not told from now on. */
export function composeFlapping(
  incidents: readonly Incident[],
  quietMs: number,
  timeZone?: string,
): ComposedMail {
  const [first] = incidents;
  const subject =
    first !== undefined && incidents.length === 1
      ? `flapping: ${cleanText(first.title, 120)}`
      : `${incidents.length} things are flapping: ${cleanText(first?.title ?? '', 100)}, …`;
  return { subject: `[fleetkeep] ${subject}`, blocks: composeFlaps(incidents, quietMs, timeZone) };
}

/** The same for those that have a thread already. */
export function composeFlaps(
  incidents: readonly Incident[],
  quietMs: number,
  timeZone?: string,
): readonly Block[] {
  const what = incidents.length === 1 ? 'This comes and goes' : 'These come and go';
  return [
    { kind: 'headline', tone: 'bad', text: `${what} again and again.` },
    list('Flapping', incidents, (incident) => {
      const since = incident.fires[0];
      const span = since === undefined ? '' : ` since ${formatMoment(since, timeZone)}`;
      return `${incident.count} times${span}`;
    }),
    {
      kind: 'text',
      text:
        `Single changes are not told from now on. One more mail comes when nothing has changed for ${formatDuration(quietMs)}. ` +
        'The usual causes: a loose cable, weak power or Wi-Fi, a machine that restarts again and again, two machines with one address.',
    },
  ];
}

/** The mail that says that what was flapping has been quiet for a while, in its thread. */
export function composeFlappingOver(incidents: readonly Incident[], timeZone?: string): ComposedMail {
  const [first] = incidents;
  const what = first === undefined || incidents.length > 1 ? `${incidents.length} things` : nameOf(first);
  return {
    subject: `[fleetkeep] no longer flapping, and well: ${what}`,
    blocks: [
      { kind: 'headline', tone: 'good', text: 'Quiet again: it is over, and has been for a while.' },
      list('Over', incidents, (incident) => describeSpan(incident, timeZone)),
    ],
  };
}

/** The title of an incident without the alarm in it: it is over. */
function nameOf({ rule, title }: Incident): string {
  const text = cleanText(title, 120);
  return rule === 'disconnect' ? text.replace(/ is down$/, '') : text;
}

/** The body of the mail that says that what was flapping stays wrong. */
export function composeSteady(incidents: readonly Incident[], timeZone?: string): readonly Block[] {
  return [
    { kind: 'headline', tone: 'bad', text: 'No longer flapping: it stays so.' },
    list('Lasts', incidents, (incident) => describeSpan(incident, timeZone)),
    { kind: 'text', text: 'This thread will say when it is over.' },
  ];
}

function describeSpan(incident: Incident, timeZone: string | undefined): string {
  const since = `since ${formatMoment(incident.changedMs, timeZone)}`;
  return `${since}; it began ${incident.count} times, first at ${formatMoment(incident.openedMs, timeZone)}`;
}

function list(title: string, incidents: readonly Incident[], about: (incident: Incident) => string): Block {
  const items = incidents
    .slice(0, MAX_LINES)
    .map((incident) => `${cleanText(incident.title)}: ${about(incident)}`);
  const left = incidents.length - items.length;
  return { kind: 'list', title: `${title}:`, items: left > 0 ? [...items, `and ${left} more`] : items };
}
