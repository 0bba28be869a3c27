/** Control characters, line and paragraph separators, and what is invisible or turns the direction of writing. */
const NOT_FOR_PEOPLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Makes text from outside fit for one line of a mail: no control characters, no lone surrogates, at most `maxLength` characters. */
export function cleanText(text: string, maxLength = 200): string {
  const line = text.toWellFormed().replace(NOT_FOR_PEOPLE, ' ').replace(/ {2,}/g, ' ').trim();
  const characters = [...line];
  return characters.length <= maxLength ? line : `${characters.slice(0, maxLength - 1).join('')}…`;
}
