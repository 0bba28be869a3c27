import { digestOf } from '../../shared/log/digest.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import type { LogReport, SegmentReport } from '../../shared/log/verify-log.ts';
import type { CopyFinding } from './copies-report.ts';

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
}

/** How the live copy compares with the node's own. */
export interface NodeComparison {
  /** Segments of which node and live copy have the same bytes, as far as both have them. */
  readonly confirmed: ReadonlySet<number>;
  /** Segments of which they have not. */
  readonly refuted: ReadonlySet<number>;
  readonly findings: readonly CopyFinding[];
}

/** Compares the live copy with what the node says of its own. */
export async function compareNode(
  live: LogReport,
  segments: readonly NodeSegment[],
  signal?: AbortSignal,
): Promise<NodeComparison> {
  const confirmed = new Set<number>();
  const refuted = new Set<number>();
  const findings: CopyFinding[] = [];
  for (const theirs of segments) {
    const ours = live.segments.find(({ number }) => number === theirs.number);
    // Where the live copy is shorter there is nothing to compare with: a digest is of all that the node has.
    if (ours?.sha256 === undefined || ours.bytes < theirs.bytes) continue;
    const isSame = theirs.sha256 === (await digestOfPrefix(live, ours, theirs.bytes, signal));
    (isSame ? confirmed : refuted).add(theirs.number);
    if (!isSame) findings.push(differing(ours, theirs.bytes));
  }
  return { confirmed, refuted, findings };
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

function differing({ number, path }: SegmentReport, bytes: number): CopyFinding {
  const what = `the first ${bytes} bytes of segment ${number} are not those that the node itself has`;
  return { copy: undefined, file: path, segment: number, offset: undefined, isRaw: false, what };
}
