import type { LogPaths } from '../../shared/log/log.ts';
import type { LogFollower } from '../../shared/log/log-follower.ts';
import type { Position } from '../../shared/log/position.ts';
import { readSegmentRecords } from '../../shared/log/segment-records.ts';
import type { Hello } from '../../shared/protocol/messages.ts';

/** A part of a node's log that is to be had from nobody: the copy here goes on behind it. */
export interface LogGap {
  /** The first segment that is not here, or not all of it. */
  readonly from: number;
  /** The last one. */
  readonly to: number;
  /** How much of segment `from` is here, bytes. */
  readonly keptBytes: number;
  /** What is not here, as far as the node said, bytes. */
  readonly lostBytes: number | undefined;
  /** Time of what is not here, as far as that is known, RFC 3339. */
  readonly since: string | undefined;
  readonly until: string | undefined;
  /** Why the node does not have it, in its words. */
  readonly reason: string | undefined;
}

/**
 * Lets a copy go on behind what its node does not have any more: what retention dropped there (`oldest`), and segments that turned out
 * to be damaged (`lost`). Undefined when there is no such thing in its way.
 */
export async function passOverLost(
  follower: LogFollower,
  hello: Hello,
  { paths, nowMs }: { readonly paths: LogPaths; readonly nowMs: number },
): Promise<LogGap | undefined> {
  const { end } = follower;
  if (end === undefined) {
    await follower.beginAt(hello.oldest);
    return undefined;
  }
  const next = nextKept(end, hello);
  if (next === end.segment) return undefined;
  const gap = describeGap(end, next - 1, hello);
  await follower.passOver(next, gap.reason ?? 'the node does not have it any more', nowMs);
  // The copy tells best when what it has ends.
  const kept = (await readSegmentRecords(paths)).sealed.get(end.segment);
  return kept === undefined ? gap : { ...gap, since: new Date(kept.toMs).toISOString() };
}

/** Where the node can go on. A segment of which the copy has all lacks only its end, which the node still knows. */
function nextKept(end: Position, { oldest, lost = [] }: Hello): number {
  const bytesOf = new Map(lost.map(({ segment, bytes }) => [segment, bytes]));
  if (bytesOf.get(end.segment) === end.offset) return end.segment;
  let next = Math.max(end.segment, oldest);
  while (bytesOf.has(next)) next += 1;
  return next;
}

function describeGap(end: Position, to: number, hello: Hello): LogGap {
  const lost = (hello.lost ?? []).filter(({ segment }) => segment >= end.segment && segment <= to);
  const isAllKnown = lost.length === to - end.segment + 1;
  const bytes = lost.reduce((sum, segment) => sum + segment.bytes, 0) - end.offset;
  return {
    from: end.segment,
    to,
    keptBytes: end.offset,
    lostBytes: isAllKnown ? bytes : undefined,
    since: lost.at(0)?.from,
    until: lost.at(-1)?.to,
    reason: lost.at(0)?.reason,
  };
}
