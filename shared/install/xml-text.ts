import { UserError } from '../errors/errors.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/**
 * A path or a word as the text of an XML element.
 *
 * @throws UserError `INSTALL_FAILED` for control characters, which XML 1.0 cannot hold, and for halves of a character
 */
export function xmlText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\ufffe\uffff]/.test(text) || !text.isWellFormed()) {
    throw new UserError('INSTALL_FAILED', `the path ${JSON.stringify(text)} cannot be written in XML`, {
      hint: 'Use paths without line breaks and other control characters.',
    });
  }
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
