import fc from 'fast-check';
import type { Test } from 'tap';

/** Tries a property out on many cases, and counts as one assertion that it held in all. @throws Error with the smallest case in which it did not */
export async function holds<Case>(
  t: Test,
  property: fc.IRawProperty<Case>,
  parameters: fc.Parameters<Case> = {},
): Promise<void> {
  const run = await fc.check(property, parameters);
  if (run.failed)
    throw new Error(fc.defaultReportMessage(run) ?? 'it does not hold', { cause: run.errorInstance });
  t.ok(run.numRuns > 0, `it holds in ${run.numRuns} cases`);
}
