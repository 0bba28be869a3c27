import { formatBytes } from '../../shared/cli/format.ts';
import { printable } from '../../shared/cli/table.ts';
import type { CopiesReport, CopyFinding, CopyReport, LogCopies, Verdict } from '../backup/copies-report.ts';

/** What `verify` prints for a person. */
export function renderCopies(report: CopiesReport): string {
  return [...report.logs.map(renderLog), ...renderAbsence(report), VERDICTS[report.verdict], ''].join('\n');
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  sound: 'SOUND: every copy was read, and all of them agree.',
  not_sound: 'NOT SOUND: see the lines marked with "!".',
  not_proven: 'NOT PROVEN: nothing is known to be wrong, but see the lines marked with "?".',
};

const SIGNS: Readonly<Record<Verdict, string>> = {
  sound: 'sound',
  not_sound: 'NOT SOUND',
  not_proven: 'not proven',
};

function renderAbsence({ mirrorAbsence, isMirrorLost }: CopiesReport): readonly string[] {
  if (mirrorAbsence === undefined) return [];
  return [`${isMirrorLost ? '!' : '?'} mirror  ${printable(mirrorAbsence)}\n`];
}

/** The copies of one log, a line each, and what is wrong with them. */
export function renderLog({ name, copies, agreedTo, verdict, findings, doubts }: LogCopies): string {
  const agreed =
    agreedTo === undefined
      ? ''
      : `, equal byte for byte up to segment ${agreedTo.segment}, offset ${agreedTo.offset}`;
  const lines = [
    `${name}: ${SIGNS[verdict]}${agreed}`,
    ...copies.flatMap((copy) => [renderCopy(copy), ...renderLosses(copy)]),
    ...findings.map(renderFinding),
    ...doubts.map((doubt) => `? ${printable(doubt)}`),
  ];
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

/** What nobody can mend and nobody has to: it was told of when it was found. */
function renderLosses({ shortSegments, lostSegments }: CopyReport): readonly string[] {
  const short = shortSegments.map((number) => `segment ${number} ends early, the node had no more of it`);
  const lost = lostSegments.map(({ from, to, reason }) =>
    from === to
      ? `segment ${from} is lost: ${printable(reason)}`
      : `segments ${from} to ${to} are lost: ${printable(reason)}`,
  );
  return [...short, ...lost].map((line) => `${' '.repeat(10)}${line}`);
}

function renderFinding({ copy, file, segment, offset, isRaw, what }: CopyFinding): string {
  const place = [
    file,
    isRaw || segment === undefined ? undefined : `segment ${segment}`,
    offset === undefined ? undefined : `offset ${offset}`,
  ].filter((part) => part !== undefined);
  return `! ${(copy ?? '').padEnd(8)}${[...place, printable(what)].join(': ')}`;
}
