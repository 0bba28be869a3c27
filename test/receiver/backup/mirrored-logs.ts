import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  type Mirror,
  type MirrorOptions,
  type MirrorProblem,
  startMirror,
} from '../../../receiver/backup/mirror.ts';
import { runMirror } from '../../../receiver/backup/run-mirror.ts';
import { type LogPaths, logPaths } from '../../../shared/log/log.ts';
import type { LogWriter } from '../../../shared/log/log-writer.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { openWriter, rememberingSealer } from '../../helpers/logs.ts';

/** What {@link mirroredLogs} needs of a test. */
interface Test {
  testdir(): string;
  teardown(handler: () => Promise<void>): void;
}

/** A schedule that never comes while a test runs. */
const NEVER = '0 0 29 2 *';

/** Live logs with a writer for each, and the directory of a mirror, which is not started yet. */
export async function mirroredLogs(t: Test, drive?: string) {
  const stack = new AsyncDisposableStack();
  t.teardown(async () => await stack.disposeAsync());
  const data = t.testdir();
  const directory = join(drive ?? data, 'mirror');
  const [logsRoot, recordPath] = [join(data, 'logs'), join(data, 'mirror.json')];
  await mkdir(logsRoot);
  const { sealer, failed } = rememberingSealer();
  stack.use(sealer);
  const problems = new Map<string, MirrorProblem>();
  const raised: MirrorProblem[] = [];

  /** Opens the live log of a node, under another root when it is to be another log. */
  async function write(node: string, root = logsRoot): Promise<LogWriter> {
    return stack.use(await openWriter(logPaths(root, parseNodeName(node)), { sealer }));
  }

  /** Starts the mirror with a record that keeps it from running at once, unless `isDue`. */
  async function start(options: Partial<MirrorOptions> = {}): Promise<Mirror> {
    return stack.use(
      await startMirror({
        run: runMirror,
        stallMs: 60_000,
        logsRoot,
        directory,
        recordPath,
        schedule: NEVER,
        timeZone: 'UTC',
        allowSameDevice: true,
        requireMountPoint: false,
        retention: {},
        bootId: 'boot-1',
        clock: systemClock,
        log: pino({ level: 'silent' }),
        onProblem: (problem) => {
          problems.set(problem.key, problem);
          raised.push(problem);
        },
        onSolved: (key) => void problems.delete(key),
        ...options,
      }),
    );
  }

  return {
    data,
    logsRoot,
    directory,
    recordPath,
    sealer,
    failed,
    /** The problems that exist now, by key. */
    problems,
    /** Every problem that was ever told. */
    raised,
    write,
    start,
    live: (node = '7'): LogPaths => logPaths(logsRoot, parseNodeName(node)),
    mirrored: (node = '7'): LogPaths => logPaths(join(directory, 'logs'), parseNodeName(node)),
  };
}

/** The mirror after one run that had to succeed; returns what that run wrote, bytes. */
export async function runOnce(mirror: Mirror): Promise<number> {
  const run = await mirror.runNow();
  if (run.kind !== 'succeeded') throw new Error(`${run.problem.title}: ${run.problem.detail}`);
  return run.success.writtenBytes;
}

/** Every file of segments below a directory of logs with its length and the time it was last changed, ms. */
export async function segmentFiles(
  root: string,
): Promise<ReadonlyMap<string, { size: number; mtimeMs: number }>> {
  const found = new Map<string, { size: number; mtimeMs: number }>();
  for (const name of (await readdir(root, { recursive: true })).sort()) {
    if (!/(\.log|\.ndjson(\.zst)?|\.aside)$/.test(name) || name.endsWith('segments.ndjson')) continue;
    const { size, mtimeMs } = await stat(join(root, name));
    found.set(name, { size, mtimeMs });
  }
  return found;
}

/** The content of a file, byte by byte comparable. */
export async function bytesOf(path: string): Promise<string> {
  return await readFile(path, 'latin1');
}
