import { describeError, errnoOf, UserError } from '../../shared/errors/errors.ts';
import { type LogPaths, plainSegmentPath, sealedSegmentPath } from '../../shared/log/log.ts';
import { openLogFollower } from '../../shared/log/log-follower.ts';
import type { Position } from '../../shared/log/position.ts';
import { startSealer } from '../../shared/log/sealer.ts';
import { readSegmentRecords, type SegmentRecord } from '../../shared/log/segment-records.ts';
import { appendRest } from './append-rest.ts';
import type { CopyNote } from './copy-note.ts';
import type { Copying, CopyLogOptions } from './copying.ts';
import { fillHoles } from './fill-holes.ts';
import { type CopyStep, decideStep, type SourceFacts } from './next-step.ts';
import { isAllLost, shareLosses } from './share-losses.ts';
import { soundEnd } from './sound-end.ts';
import { isAsRecorded, readSource } from './source-log.ts';

/** What {@link copyLog} did. */
export interface CopyOutcome {
  /** Where the target ends, durably; undefined when there was nothing to copy. */
  readonly end: Position | undefined;
  /** Bytes written to log files: appended ones, and compressed segments taken over. */
  readonly writtenBytes: number;
  /** How much more the target has of the segment it is in than the source. */
  readonly aheadBytes: number;
  readonly notes: readonly CopyNote[];
}

/**
 * Brings one copy of a log up to date from another: only what it lacks is written, nothing it has is shortened, and what it has
 * is compared first. The mirror is kept and a live log restored by this one function. Killed at any moment, it can be run again.
 *
 * @throws LogReplacedError when the source became another log; system errors of either disk.
 */
export async function copyLog(options: CopyLogOptions): Promise<CopyOutcome> {
  const notes: CopyNote[] = [];
  let writtenBytes = 0;
  const note = (found: CopyNote) => void notes.push(found);
  const count = (bytes: number) => {
    writtenBytes += bytes;
    options.onWritten?.(bytes);
  };
  const { target: paths, id, bootId, signal } = options;
  await using sealer = startSealer({
    onError: ({ number: segment }, error) =>
      note({ kind: 'not-sealed', segment, detail: describeError(error) }),
  });
  await using follower = await openLogFollower({ paths, id, bootId, sealer });
  const copying = { options, follower, note, count };
  const aheadBytes = await follow(copying);
  await follower.sync();
  await sealer.idle();
  const unsealed = notes.flatMap((found) => (found.kind === 'not-sealed' ? [found.segment] : []));
  const damaged = new Set([...(options.damaged ?? []), ...unsealed]);
  const end = follower.end?.segment ?? 0;
  await fillHoles({ source: options.source, target: paths, id, end, damaged, note, count, signal });
  await shareLosses(options.source, paths, end);
  signal?.throwIfAborted();
  return { end: follower.end, writtenBytes, aheadBytes, notes };
}

/**
 * Takes step after step until the target has what the source had when this began; returns by how much it is ahead. What came
 * later is for the next run, so that a log that grows as fast as it is copied does not hold up the others.
 */
async function follow(copying: Copying): Promise<number> {
  const { options, follower } = copying;
  const { source, id, signal } = options;
  let appended: number | undefined;
  let aheadBytes = 0;
  let last: number | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const facts = await readSource(source, id);
    last ??= facts.stored.at(-1)?.number ?? 0;
    if ((follower.end?.segment ?? 0) > last) return aheadBytes;
    const step = await confirm(decideStep(follower.end, facts, appended), copying, appended);
    if (step.kind === 'done') return aheadBytes;
    if (step.kind === 'append') {
      aheadBytes = await append(copying, step);
      appended = step.segment;
    } else {
      await takeStep(copying, step, facts);
    }
  }
}

/** A directory that is listed while a file in it is renamed may show neither name; a gap is believed when seen twice. */
async function confirm(step: CopyStep, copying: Copying, appended: number | undefined): Promise<CopyStep> {
  if (step.kind !== 'begin' || step.missing === undefined) return step;
  const { source, id } = copying.options;
  return decideStep(copying.follower.end, await readSource(source, id), appended);
}

async function takeStep(
  copying: Copying,
  step: Exclude<CopyStep, { kind: 'done' | 'append' }>,
  facts: SourceFacts,
): Promise<void> {
  switch (step.kind) {
    case 'begin':
      await begin(copying, step);
      return;
    case 'adopt':
      await adopt(copying, step.record, facts);
      return;
    case 'close':
      await close(copying, step.record);
      return;
    default:
      step satisfies never;
  }
}

/** Goes on elsewhere. What the source has recorded as lost was told of then, and is no news here. */
async function begin(copying: Copying, step: Extract<CopyStep, { kind: 'begin' }>): Promise<void> {
  const { follower, note, options } = copying;
  const { segment, missing } = step;
  const { lost } = await readSegmentRecords(options.source);
  const known = missing && lost.find(({ from, to }) => from <= missing.from && to >= missing.to);
  if (known !== undefined) {
    await follower.passOver(segment, known.reason, known.atMs);
    return;
  }
  if (missing !== undefined && !isAllLost(lost, missing)) note({ kind: 'gap', ...missing });
  await follower.beginAt(segment, await whyShort(options.source, follower.end));
}

/** What the source has recorded as short is so by the node's word, and ends there; all else another copy may still have. */
async function whyShort(source: LogPaths, end: Position | undefined): Promise<'short' | 'partial'> {
  const record = (await readSegmentRecords(source)).sealed.get(end?.segment ?? 0);
  const isWord = record?.isShort === true && record.isPartial !== true && record.bytes === end?.offset;
  return isWord ? 'short' : 'partial';
}

/** Takes over a compressed segment; one that is damaged is passed over, so that it does not hold up the rest. */
async function adopt(copying: Copying, record: SegmentRecord, facts: SourceFacts): Promise<void> {
  const { options, follower, note, count } = copying;
  const { source, signal } = options;
  try {
    // Before anything of the target is touched: a damaged source must not cost it the part that it has.
    if ((follower.end?.offset ?? 0) > 0) await assertAsRecorded(source, record, signal);
    const { bytes, aside } = await follower.adoptSealed(source, record, signal);
    count(bytes);
    if (aside !== undefined) note({ kind: 'set-aside', segment: record.number, path: aside });
  } catch (error) {
    if (isDamage(error)) {
      await passOver(copying, record, sealedSegmentPath(source, record.number), error);
      return;
    }
    // Retention dropped it meanwhile, when it is gone from the source: the next look finds the gap.
    const isGone = errnoOf(error) === 'ENOENT' && !(await isStored(copying, record.number));
    if (!isGone || !facts.stored.some(({ number }) => number === record.number)) throw error;
  }
}

/** Completes a segment that lies closed and plain at the source, and closes it the same way. */
async function close(copying: Copying, record: SegmentRecord): Promise<void> {
  const { options, follower, note, count } = copying;
  const { source, id, signal } = options;
  const segment = record.number;
  try {
    await assertAsRecorded(source, record, signal);
  } catch (error) {
    if (!isDamage(error)) throw error;
    await passOver(copying, record, plainSegmentPath(source, segment), error);
    return;
  }
  const result = await appendRest(follower, { source, id, segment, isOpen: false, signal });
  if (result.kind === 'appended') count(result.bytes);
  if (record.isShort && result.kind === 'appended') {
    await follower.beginAt(segment + 1, record.isPartial === true ? 'partial' : 'short');
    return;
  }
  if (result.kind === 'appended') {
    const sealed = await follower.seal(segment, record.bytes, record.sha256);
    if (sealed === 'sealed') return;
  }
  const path = await follower.setAside('differs');
  if (path !== undefined) note({ kind: 'set-aside', segment, path });
}

/** Appends to the open segment; returns by how much the target is ahead. */
async function append(copying: Copying, step: { segment: number; isOpen: boolean }): Promise<number> {
  const { options, follower, note, count } = copying;
  const { source, id, bootId, signal } = options;
  const { segment } = step;
  const rest = { source, id, ...step, soundBytes: await soundEnd(source, bootId), signal };
  const result = await appendRest(follower, rest);
  if (result.kind === 'appended') {
    count(result.bytes);
    return result.aheadBytes;
  }
  if (options.whenOpenDiffers(result.isAhead) === 'keep') {
    note({ kind: 'differs', segment, path: options.target.open, commonBytes: result.commonBytes });
    return result.isAhead ? (follower.end?.offset ?? 0) - result.commonBytes : 0;
  }
  const path = await follower.setAside('differs');
  if (path !== undefined) note({ kind: 'set-aside', segment, path });
  const again = await appendRest(follower, rest);
  if (again.kind === 'appended') count(again.bytes);
  return 0;
}

async function assertAsRecorded(
  source: LogPaths,
  record: SegmentRecord,
  signal?: AbortSignal,
): Promise<void> {
  if (await isAsRecorded(source, record, signal)) return;
  throw new UserError(
    'LOG_DAMAGED',
    `it is not what is recorded (${record.bytes} bytes, SHA-256 ${record.sha256})`,
  );
}

function isDamage(error: unknown): boolean {
  return error instanceof UserError && error.code === 'LOG_DAMAGED';
}

async function passOver(
  copying: Copying,
  record: SegmentRecord,
  path: string,
  error: unknown,
): Promise<void> {
  copying.note({ kind: 'source-damaged', segment: record.number, path, detail: describeError(error) });
  await copying.follower.beginAt(record.number + 1, 'partial');
}

async function isStored(copying: Copying, number: number): Promise<boolean> {
  const { source, id } = copying.options;
  return (await readSource(source, id)).stored.some((segment) => segment.number === number);
}
