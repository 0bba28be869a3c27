import type { MirrorRun } from './mirror.ts';

/** How many segments of a node are named. */
const NAMED = 10;

/** Says which segments the live logs still lack after a run; undefined when they lack none. */
export function describeLacking({ wanted }: Pick<MirrorRun, 'wanted'>): string | undefined {
  if (wanted.length === 0) return undefined;
  const parts = [...Map.groupBy(wanted, ({ node }) => node)].map(([node, segments]) => {
    const numbers = segments.slice(0, NAMED).map(({ segment }) => segment);
    const more = segments.length > NAMED ? ` and ${segments.length - NAMED} more` : '';
    return `the log of node ${node} lacks segment${segments.length === 1 ? '' : 's'} ${numbers.join(', ')}${more}`;
  });
  return `${parts.join('; ')} here, and the mirror could not give back what is missing`;
}
