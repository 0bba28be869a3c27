import { digestOf } from '../../shared/log/digest.ts';
import type { Position } from '../../shared/log/position.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import { readSegmentRecords, type SegmentRecords } from '../../shared/log/segment-records.ts';
import type { LogReport, SegmentReport } from '../../shared/log/verify-log.ts';
import { type CopyFinding, findingOf } from './copies-report.ts';

/** What a node holds of one segment, as it read it from its own disk. */
export interface NodeSegment {
  readonly number: number;
  readonly bytes: number;
  /** Of these bytes, hex. */
  readonly sha256: string;
}

/** What a node answers: its segments, or why it cannot say. */
export interface NodeDigest {
  readonly segments?: readonly NodeSegment[] | undefined;
  readonly error?: string | undefined;
  /** Segments that it should have and cannot read. */
  readonly unreadable?: readonly { readonly number: number; readonly error: string }[] | undefined;
  /** Segments that it gave up and reported. */
  readonly lost?: readonly number[] | undefined;
  /** The highest segment that its retention dropped; undefined of a node that does not say so, nor more than 500 segments. */
  readonly dropped?: number | undefined;
}

/** How the live copy compares with the node's own. */
export interface NodeComparison {
  /** Segments of which node and live copy have the same bytes, as far as both have them. */
  readonly confirmed: ReadonlySet<number>;
  /** Segments of which they have not. */
  readonly refuted: ReadonlySet<number>;
  readonly findings: readonly CopyFinding[];
  /** Why the node's copy is not proven, without a full stop. */
  readonly doubts: readonly string[];
}

/** A node of an early version says no more than its newest segments, this many. */
const OLD_LIMIT = 500;

/**
 * Compares the live copy with what the node says of its own.
 *
 * @param upTo what the node was asked about
 */
export async function compareNode(
  live: LogReport,
  digest: NodeDigest,
  upTo: Position,
  signal?: AbortSignal,
): Promise<NodeComparison> {
  const { segments } = digest;
  const findings = findUnreadable(digest, upTo);
  const nothing = { confirmed: new Set<number>(), refuted: new Set<number>(), findings };
  if (segments === undefined) {
    const why = digest.error ?? 'it did not say what it holds';
    return { ...nothing, doubts: [`the node did not prove its own copy: ${why}`] };
  }
  if (segments.length === 0 && findings.length === 0) {
    return { ...nothing, doubts: ['the node answered that it holds nothing of this log'] };
  }
  const records = await readSegmentRecords(live.paths);
  const held = await compareHeld(live, segments, records, signal);
  const lacking = findLacking(live, digest, upTo);
  return {
    ...held,
    findings: [...held.findings, ...findings, ...lacking.findings],
    doubts: [...lacking.doubts, ...doubtDropped(digest, upTo)],
  };
}

/** Up to where the node's retention can have dropped segments: never the one that it is writing, whatever it says. */
function droppedBy({ dropped }: NodeDigest, upTo: Position): number | undefined {
  return dropped === undefined ? undefined : Math.min(dropped, upTo.segment - 1);
}

function doubtDropped({ dropped = 0 }: NodeDigest, { segment }: Position): readonly string[] {
  if (dropped < segment) return [];
  return [
    `the node says that it dropped everything up to segment ${dropped}, but it writes segment ${segment}`,
  ];
}

function findUnreadable(digest: NodeDigest, upTo: Position): readonly CopyFinding[] {
  const dropped = droppedBy(digest, upTo) ?? 0;
  return (digest.unreadable ?? [])
    .filter(({ number }) => number > dropped)
    .map(({ number: segment, error }) =>
      findingOf('node', `cannot be read on the node: ${error}`, { segment }),
    );
}

/** Segments that the node has. */
async function compareHeld(
  live: LogReport,
  segments: readonly NodeSegment[],
  records: SegmentRecords,
  signal?: AbortSignal,
): Promise<Omit<NodeComparison, 'doubts'>> {
  const confirmed = new Set<number>();
  const refuted = new Set<number>();
  const findings: CopyFinding[] = [];
  for (const theirs of segments) {
    const { number: segment, bytes } = theirs;
    const ours = live.segments.find(({ number }) => number === segment);
    if (ours === undefined) {
      if (isExpected(segment, records)) findings.push(lackedHere(live, theirs));
    } else if (ours.sha256 === undefined) {
      if (records.sealed.get(segment)?.sha256 === theirs.sha256) confirmed.add(segment);
    } else if (ours.bytes < bytes) {
      const what = `ends after ${ours.bytes} bytes here, and the node has ${bytes}`;
      findings.push(findingOf('live', what, { file: ours.path, segment }));
    } else {
      const isSame = theirs.sha256 === (await digestOfPrefix(live, ours, bytes, signal));
      (isSame ? confirmed : refuted).add(segment);
      if (!isSame) findings.push(differing(ours, bytes));
      else if (bytes < ours.bytes) findings.push(lackedThere(segment, ours.bytes - bytes));
    }
  }
  return { confirmed, refuted, findings };
}

/** Whether the live copy should have a segment that is not there; one that is recorded and missing is reported separately. */
function isExpected(segment: number, { sealed, lost, droppedTo }: SegmentRecords): boolean {
  const isLost = lost.some(({ from, to }) => from <= segment && segment <= to);
  return segment > droppedTo && !isLost && !sealed.has(segment);
}

/** Segments that the live copy has and the node does not speak of. */
function findLacking(
  live: LogReport,
  digest: NodeDigest,
  upTo: Position,
): Pick<NodeComparison, 'findings' | 'doubts'> {
  const { segments = [], unreadable = [], lost = [] } = digest;
  const dropped = droppedBy(digest, upTo);
  const told = new Set([...segments, ...unreadable].map(({ number }) => number));
  for (const number of lost) told.add(number);
  const first = Math.min(...told);
  const isOlder = (number: number) => (dropped === undefined ? number < first : number <= dropped);
  const open = live.segments.filter(({ number }) => number <= upTo.segment && !told.has(number));
  const findings = open
    .filter(({ number, bytes }) => !isOlder(number) && bytes > 0)
    .map(({ number, bytes }) => lackedThere(number, bytes));
  const isUntold = dropped === undefined && open.some(({ number }) => isOlder(number));
  return { findings, doubts: isUntold ? [doubtOlder(segments.length, first)] : [] };
}

/** Of a node that does not say up to where its retention dropped segments. */
function doubtOlder(count: number, first: number): string {
  if (count >= OLD_LIMIT) return `the node's version tells of its newest ${OLD_LIMIT} segments only`;
  return `the node's version does not tell why it has nothing before segment ${first}: its retention may have dropped that`;
}

async function digestOfPrefix(
  { paths }: LogReport,
  segment: SegmentReport,
  bytes: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (segment.bytes === bytes) return segment.sha256;
  async function* prefix(): AsyncGenerator<Buffer> {
    let left = bytes;
    for await (const chunk of readSegment(paths, segment.number, 0, signal)) {
      yield chunk.bytes.subarray(0, left);
      left -= chunk.bytes.length;
      if (left <= 0) return;
    }
  }
  return (await digestOf(prefix())).sha256;
}

function differing({ number: segment, path: file }: SegmentReport, bytes: number): CopyFinding {
  const what = `the first ${bytes} bytes of segment ${segment} are not those that the node itself has`;
  return findingOf(undefined, what, { file, segment });
}

function lackedHere({ paths: { directory: file } }: LogReport, { number, bytes }: NodeSegment): CopyFinding {
  return findingOf('live', `is not there, and the node has ${bytes} bytes of it`, { file, segment: number });
}

function lackedThere(segment: number, bytes: number): CopyFinding {
  return findingOf('node', `the node lacks ${bytes} bytes of segment ${segment} that the receiver has`, {
    segment,
  });
}
