import { formatBytes } from '../../shared/cli/format.ts';
import { printable } from '../../shared/cli/table.ts';
import type { CopiesReport, CopyFinding, CopyReport, LogCopies } from '../backup/copies-report.ts';

/** What `verify` prints for a person. */
export function renderCopies(report: CopiesReport): string {
  const absence = report.mirrorAbsence === undefined ? [] : [`mirror: ${report.mirrorAbsence}`];
  const verdict = report.isSound
    ? 'All copies are sound and agree.'
    : 'NOT SOUND: see the lines marked with «!» and the mirror.';
  return [...report.logs.map(renderLog), ...absence, verdict, ''].join('\n');
}

/** The copies of one log, a line each, and what is wrong with them. */
export function renderLog({ name, copies, agreedTo, findings }: LogCopies): string {
  const agreed =
    agreedTo === undefined
      ? ''
      : `, equal byte for byte up to segment ${agreedTo.segment}, offset ${agreedTo.offset}`;
  const lines = [`${name}${agreed}`, ...copies.map(renderCopy), ...findings.map(renderFinding)];
  return lines.map((line) => `${line}\n`).join('');
}

function renderCopy({
  copy,
  end,
  absence,
  segments,
  bytes,
  behindBytes,
  missingSegments,
}: CopyReport): string {
  if (end === undefined) return `  ${copy.padEnd(8)}${printable(absence ?? 'nothing')}`;
  const behind = behindBytes === 0 ? '' : `, ${formatBytes(behindBytes)} behind`;
  const missing = missingSegments.length === 0 ? '' : `, without segments ${missingSegments.join(', ')}`;
  const size = `${segments} ${segments === 1 ? 'segment' : 'segments'}, ${formatBytes(bytes)}`;
  return `  ${copy.padEnd(8)}${size}, ends at ${end.segment}:${end.offset}${behind}${missing}`;
}

function renderFinding({ copy, file, segment, offset, isRaw, what }: CopyFinding): string {
  const place = [
    file,
    isRaw || segment === undefined ? undefined : `segment ${segment}`,
    offset === undefined ? undefined : `offset ${offset}`,
  ].filter((part) => part !== undefined);
  return `! ${(copy ?? '').padEnd(8)}${[...place, printable(what)].join(': ')}`;
}
