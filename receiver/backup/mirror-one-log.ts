import { rm } from 'node:fs/promises';
import { UserError } from '../../shared/errors/errors.ts';
import { switchLog } from '../../shared/log/archive-log.ts';
import { listSegments } from '../../shared/log/list-segments.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { readLogMeta } from '../../shared/log/log-meta.ts';
import { readOwnMeta } from '../../shared/log/own-meta.ts';
import { applyRetention, type RetentionLimits } from '../../shared/log/retention.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { type CopyOutcome, copyLog } from './copy-log.ts';
import type { CopyNote } from './copy-note.ts';
import { type CopyFaults, findFaults } from './find-faults.ts';
import { type FoundLog, pathsOf } from './find-logs.ts';
import { giveBack } from './give-back.ts';
import { locateLog } from './locate-log.ts';
import { LogReplacedError } from './source-log.ts';

/** Options of {@link mirrorOneLog}. */
export interface MirrorOneLogOptions {
  readonly log: FoundLog;
  /** The directory of the mirror's logs. */
  readonly mirrorRoot: string;
  readonly retention: RetentionLimits;
  readonly bootId: string;
  readonly clock: Clock;
  /** Sealed segments to be read again, in both copies. */
  readonly chosen: ReadonlySet<number>;
  /** What is remembered of the mirror's open segment is not believed: it is read from its beginning. */
  readonly isThorough: boolean;
  readonly onWritten: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** What came of mirroring one log. */
export interface OneLogOutcome extends CopyOutcome {
  readonly id: LogId;
  /** What the live copy lacks and the mirror could not give back. */
  readonly faults: CopyFaults;
}

/**
 * Brings the mirror of one log up to date, after giving the live copy back what it lost; undefined when there is nothing to copy, or
 * another log just took its place.
 */
export async function mirrorOneLog(options: MirrorOneLogOptions): Promise<OneLogOutcome | undefined> {
  const { log, mirrorRoot, retention, clock, chosen, signal } = options;
  const source = log.paths;
  const id = (await readLogMeta(source))?.id;
  if (id === undefined) {
    if ((await listSegments(source)).length === 0) return undefined;
    throw new UserError('LOG_DAMAGED', `${source.meta} is missing, so nobody knows which log this is`);
  }
  const { target, notes: found } = await prepareTarget(mirrorRoot, log, id);
  const notes = [...found];
  const note = (one: CopyNote) => void notes.push(one);
  try {
    const given = { live: source, mirror: target, id, chosen, note, count: options.onWritten, signal };
    const faults = await giveBack(given);
    const { damaged } = await findFaults(target, { isRead: (number) => chosen.has(number), signal });
    if (options.isThorough) await rm(target.checkpoint, { force: true });
    const whenOpenDiffers = (isAhead: boolean) => (isAhead ? 'keep' : 'set-aside');
    const outcome = await copyLog({ ...options, source, target, id, damaged, whenOpenDiffers });
    // Of its sealed segments the mirror may drop any; the live log's own retention is never looked at.
    await applyRetention(target, retention, Number.MAX_SAFE_INTEGER, clock.now());
    return { ...outcome, id, faults, notes: [...notes, ...outcome.notes] };
  } catch (error) {
    if (error instanceof LogReplacedError) return undefined;
    throw error;
  }
}

/** Finds the mirror's copy of log `id`, after making the mirror archive what the receiver has archived. */
async function prepareTarget(
  mirrorRoot: string,
  log: FoundLog,
  id: LogId,
): Promise<{ readonly target: LogPaths; readonly notes: readonly CopyNote[] }> {
  const present = pathsOf(mirrorRoot, log.node, undefined);
  const own = await readOwnMeta(present);
  if (log.archivedId === undefined) {
    await switchLog(present, own.meta?.id, id);
    return { target: present, notes: notesOf(own.aside) };
  }
  const target = await locateLog(mirrorRoot, log.node, id);
  const archived = await readOwnMeta(target);
  return { target, notes: notesOf(archived.aside) };
}

function notesOf(aside: string | undefined): readonly CopyNote[] {
  return aside === undefined ? [] : [{ kind: 'meta-set-aside', path: aside }];
}
