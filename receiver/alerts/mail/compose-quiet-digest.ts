import { cleanText } from '../../../shared/mail/clean-text.ts';
import { formatDuration, formatMoment } from '../../../shared/time/format-time.ts';
import type { Incident } from '../incidents/incident.ts';
import type { ComposedMail } from './compose-disconnect.ts';
import type { Block } from './document.ts';

/** Lines of a list before it ends with a number. */
const MAX_LINES = 100;

/** The mail at the end of the quiet hours: all that waited for it. */
export function composeQuietDigest(incidents: readonly Incident[], timeZone?: string): ComposedMail {
  const lasting = incidents.filter(({ endedMs }) => endedMs === undefined);
  const over = incidents.filter(({ endedMs }) => endedMs !== undefined);
  const [first] = [...lasting, ...over];
  const more = incidents.length > 1 ? ` and ${incidents.length - 1} more` : '';
  return {
    subject: `[fleetkeep] in the quiet hours: ${cleanText(first?.title ?? '', 100)}${more}`,
    blocks: [
      {
        kind: 'headline',
        text: `In the quiet hours: ${lasting.length === 0 ? 'nothing lasts' : `${lasting.length} still so`}, ${over.length} over.`,
      },
      ...list('Still so', lasting, ({ severity, changedMs, isFlapping, count }) => {
        const flaps = isFlapping ? `, flapping (${count} times)` : '';
        return `${severity}, since ${formatMoment(changedMs, timeZone)}${flaps}`;
      }),
      ...list('Over', over, ({ severity, openedMs, changedMs, count }) => {
        const times = count > 1 ? `, ${count} times` : '';
        const span = changedMs > openedMs ? ` for ${formatDuration(changedMs - openedMs)}` : '';
        return `${severity}, at ${formatMoment(openedMs, timeZone)}${span}${times}`;
      }),
    ],
  };
}

function list(
  title: string,
  incidents: readonly Incident[],
  about: (incident: Incident) => string,
): readonly Block[] {
  if (incidents.length === 0) return [];
  const items = incidents
    .slice(0, MAX_LINES)
    .map((incident) => `${cleanText(incident.title)}: ${about(incident)}`);
  const left = incidents.length - items.length;
  return [{ kind: 'list', title: `${title}:`, items: left > 0 ? [...items, `and ${left} more`] : items }];
}
