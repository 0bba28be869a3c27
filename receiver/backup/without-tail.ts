import type { LogProblem, LogReport } from '../../shared/log/verify-log.ts';
import { soundEnd } from './sound-end.ts';

/**
 * A report without what a power cut left at the end of the open segment: that was never synced, so never acknowledged, and is cut off
 * when the copy is next opened. `doubts` says that it is there, in plain words without a full stop.
 */
export async function withoutTail(
  report: LogReport,
  bootId: string,
): Promise<{ readonly report: LogReport; readonly doubts: readonly string[] }> {
  const open = report.segments.find(({ kind }) => kind === 'open');
  if (open === undefined || open.problems.length === 0) return { report, doubts: [] };
  const sound = await soundEnd(report.paths, bootId);
  const isTail = ({ path, offset }: LogProblem) => path === open.path && (offset ?? -1) >= sound;
  if (!open.problems.some(isTail)) return { report, doubts: [] };
  const problems = report.problems.filter((problem) => !isTail(problem));
  const segments = report.segments.map((segment) =>
    segment === open ? { ...segment, problems: segment.problems.filter((one) => !isTail(one)) } : segment,
  );
  const doubt = `what a power cut left in ${open.path} after byte ${sound} is not recovered yet; that happens when the node connects`;
  return { report: { ...report, problems, segments }, doubts: [doubt] };
}
