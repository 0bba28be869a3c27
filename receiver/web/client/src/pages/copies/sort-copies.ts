import type { NodeCopies } from '../../data/contract.ts';

const { compare: compareNames } = new Intl.Collator('en', { numeric: true });

/** The nodes whose name has the text: first those that were found to differ, then those without a copy, then the furthest behind. */
export function sortCopies(copies: readonly NodeCopies[], filter: string): readonly NodeCopies[] {
  const wanted = filter.trim().toLowerCase();
  return copies
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((a, b) => rankOf(a) - rankOf(b) || b.lagBytes - a.lagBytes || compareNames(a.name, b.name));
}

function rankOf({ lastVerify, mirror }: NodeCopies): number {
  if (lastVerify?.verdict === 'not_sound') return 0;
  return mirror === null ? 1 : 2;
}
