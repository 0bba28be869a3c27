import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LogCursor } from '../../shared/log/log-cursor.ts';
import { type LogFollower, openLogFollower } from '../../shared/log/log-follower.ts';
import type { LogWriter, LogWriterOptions } from '../../shared/log/log-writer.ts';
import { openWriter, pathsIn, rememberingSealer } from './logs.ts';

/** What {@link logPair} needs of a test. */
interface Test {
  testdir(): string;
  teardown(handler: () => Promise<void>): void;
}

/** A writer's copy and a follower's copy of one log, in the directory of a test. */
export async function logPair(t: Test, options: Partial<LogWriterOptions> = {}) {
  const { sealer, failed } = rememberingSealer();
  const stack = new AsyncDisposableStack();
  stack.use(sealer);
  // Before the directory is made, so that it runs before the directory goes.
  t.teardown(async () => await stack.disposeAsync());
  const root = t.testdir();
  const [writerPaths, followerPaths] = [pathsIn(join(root, 'writer')), pathsIn(join(root, 'follower'))];
  await mkdir(writerPaths.root);
  await mkdir(followerPaths.root);
  const writer = stack.use(await openWriter(writerPaths, { sealer, ...options }));

  /** Opens the follower's copy; a copy that is opened again was killed before. */
  async function follow(bootId = 'boot-1'): Promise<LogFollower> {
    const follower = await openLogFollower({ paths: followerPaths, id: writer.id, bootId, sealer });
    return stack.use(follower);
  }

  return { writer, writerPaths, followerPaths, sealer, failed, follow };
}

/** Moves what the follower lacks, in pieces of at most `maxBytes`. */
export async function replay(writer: LogWriter, follower: LogFollower, maxBytes = 4096): Promise<void> {
  if (follower.end === undefined) await follower.beginAt(writer.oldest);
  const at = follower.end ?? { segment: writer.oldest, offset: 0 };
  await using cursor = new LogCursor(writer, at, maxBytes);
  for (let step = await cursor.next(); step.kind !== 'end'; step = await cursor.next()) {
    if (step.kind === 'bytes') follower.append([step.bytes]);
    else if (step.kind === 'lost') throw new Error(`segment ${step.segment} is lost`);
    else {
      const { number, bytes, sha256 } = step.record;
      const result = await follower.seal(number, bytes, sha256);
      if (result !== 'sealed') throw new Error(`segment ${number} ${result}`);
    }
  }
}
