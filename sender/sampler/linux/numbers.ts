/**
 * A whole number that the kernel wrote; NaN when there is none, or when it is beyond 2^53: rather none than a wrong one.
 *
 * Tables are taken apart by the runtime itself (`split`, regular expressions, `indexOf`). A sampler that runs once a second finds
 * nothing of its own in the processor's caches, so what counts is how little of it has to run.
 */
export function wholeNumber(digits: string | undefined): number {
  const value = Number(digits);
  return digits !== '' && Number.isSafeInteger(value) ? value : Number.NaN;
}

/** The number that follows `key` at the beginning of a line (`MemFree:   123 kB`, `pswpin 4`); undefined when there is none. */
export function numberAfter(text: string, key: string): number | undefined {
  let at = text.indexOf(key);
  while (at > 0 && text[at - 1] !== '\n') at = text.indexOf(key, at + 1);
  if (at === -1) return undefined;
  const value = Number.parseInt(text.slice(at + key.length, at + key.length + NUMBER_LENGTH), 10);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The longest number of 64 bits, and the spaces that the kernel aligns it with. */
const NUMBER_LENGTH = 32;
