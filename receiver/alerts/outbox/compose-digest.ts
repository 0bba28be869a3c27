import { cleanText } from '../../../shared/mail/clean-text.ts';
import { formatMoment } from '../../../shared/time/format-time.ts';
import { type Block, renderHtml, renderText } from '../mail/document.ts';
import type { Digest, DigestLine, Mail } from '../mail/mail.ts';
import { MAX_ALERTS, type NoticeAlert } from '../mail/notice.ts';

/** Messages that a digest lists, the newest; the rest it counts. */
const MAX_LINES = 100;

/** What a digest says, before it has its Message-ID. */
export type ComposedDigest = Pick<Mail, 'subject' | 'text' | 'html' | 'notice' | 'digest'>;

/**
 * One message that stands for many which could not be sent: what each of them was about, the newest at the end. Digests among
 * them are taken apart again, so that nothing is nested and the count stays right.
 *
 * @param mails oldest first, at least one
 */
export function composeDigest(mails: readonly Mail[], timeZone?: string): ComposedDigest {
  const digest = gather(mails);
  const subject = `[fleetkeep] ${digest.count} messages that could not be sent`;
  const headline = `${digest.count} messages could not be sent in time; this one tells all of them.`;
  const left = digest.count - digest.lines.length;
  const items = digest.lines.map((line) => describeLine(line, timeZone));
  const blocks: readonly Block[] = [
    { kind: 'headline', text: headline },
    {
      kind: 'list',
      title: 'What they said, the newest at the end:',
      items: left > 0 ? [`${left} earlier ones`, ...items] : items,
    },
    { kind: 'text', text: 'The whole history: fleetkeep-receiver alerts --all' },
  ];
  return {
    subject,
    text: renderText(blocks),
    html: renderHtml(blocks),
    notice: { headline, alerts: latestAlerts(mails) },
    digest,
  };
}

function gather(mails: readonly Mail[]): Digest {
  const parts = mails.map((mail) => mail.digest ?? { count: 1, lines: [lineOf(mail)] });
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    lines: parts.flatMap(({ lines }) => lines).slice(-MAX_LINES),
  };
}

function lineOf({ dateMs, subject, notice }: Mail): DigestLine {
  return {
    atMs: dateMs,
    subject: cleanText(subject.replace(/^\[fleetkeep\] /, ''), 120),
    headline: cleanText(notice.headline, 160),
  };
}

function describeLine({ atMs, subject, headline }: DigestLine, timeZone: string | undefined): string {
  const isSame = headline.toLowerCase().startsWith(subject.toLowerCase());
  return `${formatMoment(atMs, timeZone)}: ${isSame ? headline : `${subject}. ${headline}`}`;
}

/** The last word on each incident; programs need no more. */
function latestAlerts(mails: readonly Mail[]): readonly NoticeAlert[] {
  const latest = new Map<string, NoticeAlert>();
  for (const alert of mails.flatMap(({ notice }) => notice.alerts)) {
    // Anew, so that the newest stand at the end and are kept.
    latest.delete(alert.key);
    latest.set(alert.key, alert);
  }
  return [...latest.values()].slice(-MAX_ALERTS);
}
