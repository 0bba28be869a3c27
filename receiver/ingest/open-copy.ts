import { switchLog } from '../../shared/log/archive-log.ts';
import { logPaths } from '../../shared/log/log.ts';
import type { LogFollower } from '../../shared/log/log-follower.ts';
import { openLogFollower } from '../../shared/log/log-follower.ts';
import { readLogMeta } from '../../shared/log/log-meta.ts';
import type { Position } from '../../shared/log/position.ts';
import type { Sealer } from '../../shared/log/sealer.ts';
import type { Hello } from '../../shared/protocol/messages.ts';
import { type LogGap, passOverLost } from './pass-over-lost.ts';

/** A node's copy, ready to take what comes next. */
export interface OpenedCopy {
  readonly follower: LogFollower;
  /** Where the sender shall go on, durable. */
  readonly at: Position;
  /** CRC-32 of the bytes before `at.offset` in that segment. */
  readonly crc: number;
  /** What the copy will not have, if that was found now. */
  readonly gap: LogGap | undefined;
  /** Where a file was set aside to, because it was no prefix of the node's log. */
  readonly asidePath: string | undefined;
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
  await switchLog(paths, (await readLogMeta(paths))?.id, hello.log);
  const { bootId, sealer } = settings;
  const follower = await openLogFollower({ paths, id: hello.log, bootId, sealer });
  try {
    const gap = await passOverLost(follower, hello, { paths, nowMs: Date.now() });
    const asidePath = (await isNoPrefix(follower, hello)) ? await follower.setAside('differs') : undefined;
    return { follower, gap, asidePath, ...(await welcomeAt(follower)) };
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

/** Whether this copy is ahead of the node within a segment, and not with the node's bytes. Where it is behind, the sender compares. */
async function isNoPrefix(follower: LogFollower, hello: Hello): Promise<boolean> {
  const end = follower.end;
  const there = hello.open.find(({ segment }) => segment === end?.segment);
  if (end === undefined || there === undefined || there.bytes >= end.offset) return false;
  return (await follower.crcAt(there.bytes)) !== there.crc;
}
