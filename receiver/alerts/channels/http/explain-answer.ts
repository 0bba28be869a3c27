import { cleanText } from '../../../../shared/mail/clean-text.ts';
import type { SendResult } from '../channel.ts';

/** Says in words what an HTTP answer other than 2xx means, and whether trying again may help. */
export function explainAnswer(
  status: number,
  body: string,
  url: URL,
  location: string | null,
): Exclude<SendResult, { kind: 'sent' }> {
  const reason = cleanText(body, 160);
  const said = `${url.host} answered HTTP ${status}${reason === '' ? '' : `: ${reason}`}`;
  if (status >= 300 && status < 400) return trouble(`${said}${whither(location, url)}`, REDIRECT);
  const hint = WRONG_SETTINGS[status];
  if (hint !== undefined) return trouble(said, hint);
  if (status === 429) return trouble(said, 'It takes no more for now; messages are sent later.');
  // It may have been slow or busy for this one alone, but the next one would hardly fare better.
  if (status >= 500 || status === 408 || status === 425)
    return trouble(said, 'The fault is on its side; messages are sent when it is mended.');
  return {
    kind: 'refused',
    error: said,
    hint: 'It does not take what was sent; its answer says why. Is the kind of the channel right?',
  };
}

const REDIRECT = 'A message goes only where config.json says: give the address that it points to.';

const WRONG_SETTINGS: Readonly<Record<number, string>> = {
  401: 'It wants another token or password: check the token of the channel.',
  403: 'It forbids this: check the token and the address of the channel.',
  404: 'There is nothing at this address: check the url of the channel, or make a new webhook there.',
  405: 'Nothing takes messages at this address: check the url of the channel.',
  410: 'The webhook was removed there: make a new one.',
};

function trouble(error: string, hint: string): Exclude<SendResult, { kind: 'sent' }> {
  return { kind: 'try_later', scope: 'channel', error, hint };
}

/** Only the host: the rest may be a secret. */
function whither(location: string | null, url: URL): string {
  if (location === null || !URL.canParse(location, url.href)) return '';
  return `, a redirect to ${new URL(location, url).host}`;
}
