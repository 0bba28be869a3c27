import { basename } from 'node:path';
import { makeDirectory } from '../../shared/files/make-directory.ts';
import { switchLog } from '../../shared/log/archive-log.ts';
import type { FileChange } from '../../shared/log/file-change.ts';
import { type LogPaths, logPaths } from '../../shared/log/log.ts';
import type { LogFollower } from '../../shared/log/log-follower.ts';
import { openLogFollower } from '../../shared/log/log-follower.ts';
import { mendMeta } from '../../shared/log/own-meta.ts';
import type { Position } from '../../shared/log/position.ts';
import { findAltered } from '../../shared/log/recover-open.ts';
import type { Sealer } from '../../shared/log/sealer.ts';
import type { Hello } from '../../shared/protocol/messages.ts';
import { ABILITIES } from '../../shared/protocol/protocol.ts';
import type { IngestProblem } from './messages.ts';
import { openingProblems } from './opening-problems.ts';
import { passOverLost } from './pass-over-lost.ts';

/** A node's copy, ready to take what comes next. */
export interface OpenedCopy {
  readonly follower: LogFollower;
  /** Where the sender shall go on, durable. */
  readonly at: Position;
  /** CRC-32 of the bytes before `at.offset` in that segment. */
  readonly crc: number;
  /** CRC-32 of as many bytes of that segment as the node has, where this copy has more. */
  readonly common: CommonPart | undefined;
  /** What the administrator has to know. */
  readonly problems: readonly IngestProblem[];
}

/** The part of a segment that two copies have. */
export interface CommonPart {
  readonly bytes: number;
  readonly crc: number;
}

/** Two copies of a segment that differ, of which the one here is longer and stays. */
export interface SegmentFork {
  readonly segment: number;
  /** How much of it is here, and at the node; bytes. */
  readonly bytes: number;
  readonly nodeBytes: number;
}

/** What {@link openCopy} needs of its worker. */
export interface OpenCopySettings {
  readonly logsRoot: string;
  readonly bootId: string;
  readonly sealer: Sealer;
}

/**
 * Opens the receiver's copy of the log that a HELLO speaks of, archiving another log under the same name, and finds where the
 * sender goes on (`docs/protocol.md`, section 3). The caller holds the node's claim.
 */
export async function openCopy(hello: Hello, settings: OpenCopySettings): Promise<OpenedCopy> {
  const paths = logPaths(settings.logsRoot, hello.node);
  // It may have been deleted while the receiver runs.
  await makeDirectory(paths.root);
  await switchLog(paths, await mendMeta(paths), hello.log);
  const { bootId, sealer } = settings;
  const follower = await openLogFollower({ paths, id: hello.log, bootId, sealer });
  try {
    const gap = await passOverLost(follower, hello, { paths, nowMs: Date.now() });
    const { common, fork, change } = await settleFork(
      follower,
      await compareAhead(follower, hello),
      settings,
      paths,
    );
    const isStuck = fork !== undefined && hello.can?.includes(ABILITIES.GIVE_WAY) !== true;
    if (isStuck) await follower.beginAt(fork.segment + 1);
    return {
      follower,
      problems: openingProblems({ gap, fork, change }),
      common: isStuck ? undefined : common,
      ...(await welcomeAt(follower)),
    };
  } catch (error) {
    await follower[Symbol.asyncDispose]();
    throw error;
  }
}

/** Makes the copy durable and says where the sender goes on. */
export async function welcomeAt(
  follower: LogFollower,
): Promise<{ readonly at: Position; readonly crc: number }> {
  const at = await follower.sync();
  if (at === undefined) throw new Error('a copy that has begun has an end');
  return { at, crc: await follower.crcAt(at.offset) };
}

interface Comparison {
  readonly common: CommonPart | undefined;
  readonly fork: SegmentFork | undefined;
}

/**
 * Sets the file of this copy aside where it differs from the node's because it does not hold any more what was acknowledged, of which the node
 * has all. Otherwise it stays.
 */
async function settleFork(
  follower: LogFollower,
  found: Comparison,
  { bootId }: OpenCopySettings,
  paths: LogPaths,
): Promise<Comparison & { readonly change: FileChange | undefined }> {
  const { fork } = found;
  const writtenBytes = fork && (await findAltered(paths, bootId));
  if (fork === undefined || writtenBytes === undefined || writtenBytes > fork.nodeBytes)
    return { ...found, change: undefined };
  const aside = await follower.setAside('altered');
  const facts = { segment: fork.segment, fault: 'altered', writtenBytes, keptBytes: 0 } as const;
  return { common: undefined, fork: undefined, change: { ...facts, aside: aside && basename(aside) } };
}

/**
 * Compares what both have of a segment of which this copy has more; where it is behind, the sender compares. What was acknowledged never gives
 * way to less: this copy stays, and the node sets its own aside. One of an earlier version cannot do that; for it the segment ends here.
 */
async function compareAhead(follower: LogFollower, hello: Hello): Promise<Comparison> {
  const end = follower.end;
  const there = hello.open.find(({ segment }) => segment === end?.segment);
  if (end === undefined || there === undefined || there.bytes >= end.offset)
    return { common: undefined, fork: undefined };
  const { segment, bytes: nodeBytes } = there;
  const common = { bytes: nodeBytes, crc: await follower.crcAt(nodeBytes) };
  const fork = common.crc === there.crc ? undefined : { segment, bytes: end.offset, nodeBytes };
  return { common, fork };
}
