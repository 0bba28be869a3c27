import type { MirrorRun } from './run-mirror.ts';

/**
 * The second of two runs, with what the first one said about each log: it is not to be forgotten
 * because it was mended meanwhile.
 */
export function withNotesOf(first: MirrorRun, second: MirrorRun): MirrorRun {
  if (first.kind === 'refused' || second.kind === 'refused') return second;
  const told = new Map(first.logs.map(({ name, problem }) => [name, problem]));
  const logs = second.logs.map((log) => ({ ...log, problem: log.problem ?? told.get(log.name) }));
  if (second.kind === 'failed') return { ...second, logs };
  const writtenBytes = logs.reduce((sum, one) => sum + one.writtenBytes, 0);
  const earlier = first.logs.reduce((sum, one) => sum + one.writtenBytes, 0);
  return { ...second, logs, success: { ...second.success, writtenBytes: writtenBytes + earlier } };
}
