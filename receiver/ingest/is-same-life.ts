import type { ClaimFacts } from './messages.ts';

/** Whether two claims come from the same run of a sender, as far as they say. */
export function isSameLife(
  a: Pick<ClaimFacts, 'instance' | 'bootId' | 'hostName'>,
  b: Pick<ClaimFacts, 'instance' | 'bootId' | 'hostName'>,
): boolean {
  if (a.instance !== undefined && b.instance !== undefined) return a.instance === b.instance;
  return a.bootId === b.bootId && a.hostName === b.hostName;
}
