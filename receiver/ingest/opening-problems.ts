import type { FileChange } from '../../shared/log/file-change.ts';
import type { IngestProblem } from './messages.ts';
import type { SegmentFork } from './open-copy.ts';
import type { LogGap } from './pass-over-lost.ts';

/** What was found when a copy was opened. */
export interface Findings {
  /** What the copy will not have, if that was found now. */
  readonly gap: LogGap | undefined;
  /** This copy has more of a segment than the node, and other bytes: which of them. */
  readonly fork: SegmentFork | undefined;
  /** The file of this copy was changed while nobody followed the log, and set aside. */
  readonly change: FileChange | undefined;
}

/** What the administrator has to know of a copy that was just opened. */
export function openingProblems({ gap, fork, change }: Findings): readonly IngestProblem[] {
  const problems: IngestProblem[] = [];
  if (gap !== undefined) problems.push({ kind: 'gap', gap });
  if (fork !== undefined) problems.push({ kind: 'forked', ...fork });
  if (change !== undefined) problems.push({ kind: 'copy_changed', ...change });
  return problems;
}
