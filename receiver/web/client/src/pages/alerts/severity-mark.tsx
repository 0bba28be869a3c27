import type { Severity } from '../../data/contract.ts';

/** How bad it is, as a word. */
export function SeverityMark({ severity }: { severity: Severity }) {
  return <span class={`severity severity-${severity}`}>{severity}</span>;
}
