import { cleanText } from '../../../../shared/mail/clean-text.ts';
import type { Mail } from '../../mail/mail.ts';

/** A mail in short. */
export interface ShortMessage {
  /** One line. */
  readonly title: string;
  /** Lines. */
  readonly text: string;
}

/**
 * What a chat or a phone shows of a mail: its sentence, and as much of its text as has room.
 *
 * @param maxBytes of the text in UTF-8
 */
export function shortMessage(mail: Mail, maxBytes: number): ShortMessage {
  const { subject, notice, text, references } = mail;
  const headline = cleanText(notice.headline, 300);
  // What the text begins with is the sentence itself.
  const body = text.startsWith(notice.headline) ? text.slice(notice.headline.length).trim() : text.trim();
  // The sentence of the first of several says too little; the subject of a thread is that of its beginning.
  const isAboutSeveral = notice.alerts.length > 1 && references.length === 0;
  const title = isAboutSeveral ? cleanText(subject.replace(/^\[fleetkeep\] /, ''), 300) : headline;
  return { title, text: cut(isAboutSeveral ? text.trim() : body, maxBytes) };
}

/** Whole lines, and a note where some are missing. */
function cut(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const kept: string[] = [];
  let room = maxBytes - 8;
  for (const line of text.split('\n')) {
    room -= Buffer.byteLength(line) + 1;
    if (room < 0) break;
    kept.push(line);
  }
  return `${kept.join('\n')}\n…`;
}
