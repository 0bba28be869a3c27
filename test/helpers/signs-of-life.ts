import PostalMime from 'postal-mime';
import { openLines, type Place } from './programs.ts';
import { until } from './until.ts';
import { logsOf } from './whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };

/** Waits for a mail with such a text, and returns that. */
export async function mailAbout(place: Place, what: RegExp): Promise<string> {
  let texts: readonly string[] = [];
  const found = async () => {
    const mails = await Promise.all(place.mails().map(async (mail) => await PostalMime.parse(mail)));
    texts = mails.map((mail) => mail.text ?? '');
    return texts.find((text) => what.test(text));
  };
  return await until(found, {
    ...PATIENT,
    what: () => `a mail about ${what}; there are ${texts.join('; ')}`,
  });
}

/** Waits until the receiver has taken some more lines of node 7. */
export async function someLines(place: Place): Promise<void> {
  const before = openLines(logsOf(place, 'receiver'), '7').length;
  const isMore = () => openLines(logsOf(place, 'receiver'), '7').length > before + 5;
  await until(isMore, { ...PATIENT, what: 'lines' });
}
