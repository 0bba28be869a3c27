import { readFile } from 'node:fs/promises';
import { describeError, errnoOf, UserError } from '../errors/errors.ts';
import { makeDirectory } from '../files/make-directory.ts';
import { newerFormat } from '../files/newer-format.ts';
import { replaceFile, replaceFileSync } from '../files/replace-file.ts';
import { syncDirectory, syncDirectorySync } from '../files/sync-directory.ts';
import { type LogId, parseLogId } from '../names/log-id.ts';
import type { LogPaths } from './log.ts';

/** Of `log.json` and of the segments that it stands beside. */
const FORMAT = 1;

/** Where the open segment ended at a clean stop. */
export interface CleanEnd {
  readonly segment: number;
  readonly bytes: number;
  /** CRC-32 of them; versions before 0.3 did not note it. */
  readonly crc?: number | undefined;
  /** Whether these bytes are known to be what was appended: the writer never took up a file that it could not compare. */
  readonly isProven?: boolean | undefined;
}

/** What `log.json` says: the few facts about a copy that its segments do not say themselves. */
export interface LogMeta {
  readonly id: LogId;
  /** Boot of *this* copy's machine under which the open segment was last opened. */
  readonly bootId: string;
  /** The end of the open segment at a clean stop; undefined while it is open, and so after a kill. */
  readonly cleanEnd: CleanEnd | undefined;
  /** Segments that the writer left without knowing whether the receiver holds more of them (invariant 2). */
  readonly interrupted: readonly number[];
  /** The segment that the writer began last; left out by followers and by versions before 0.3. */
  readonly open?: number | undefined;
}

/**
 * Reads `log.json`; undefined where there is no log yet.
 *
 * @throws UserError `LOG_DAMAGED` when the file is there but says nothing sensible: nobody may guess a log's id; `FORMAT_NEWER` when
 *   a newer version wrote it
 */
export async function readLogMeta(paths: LogPaths): Promise<LogMeta | undefined> {
  let text: string;
  try {
    text = await readFile(paths.meta, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return parseLogMeta(JSON.parse(text), paths);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('LOG_DAMAGED', `${paths.meta} is damaged: ${describeError(error)}`, {
      hint: 'Restore it from another copy of this log; its id also stands in the first line of every segment.',
    });
  }
}

function parseLogMeta(json: { [key: string]: unknown }, paths: LogPaths): LogMeta {
  const { format, id, boot_id: bootId, clean_end: cleanEnd, interrupted, open } = json;
  if (Number(format) > FORMAT) throw newerFormat(paths.meta, { format: Number(format), known: FORMAT });
  if (format !== FORMAT) throw new Error(`format ${String(format)} is not known here, only ${FORMAT} is`);
  const logId = parseLogId(String(id));
  if (logId === undefined) throw new Error('its id is not a UUID');
  return {
    id: logId,
    bootId: String(bootId),
    cleanEnd: (cleanEnd as CleanEnd | null) ?? undefined,
    interrupted: Array.isArray(interrupted) ? interrupted.map(Number) : [],
    open: Number.isSafeInteger(open) ? Number(open) : undefined,
  };
}

/** Writes `log.json` durably, making the log's directory when it is not there. */
export async function writeLogMeta(paths: LogPaths, meta: LogMeta): Promise<void> {
  await makeDirectory(paths.directory);
  await replaceFile(paths.meta, encodeLogMeta(paths, meta));
  await syncDirectory(paths.root);
}

/** As {@link writeLogMeta}, while everything else waits; the directory has to be there. */
export function writeLogMetaSync(paths: LogPaths, meta: LogMeta): void {
  replaceFileSync(paths.meta, encodeLogMeta(paths, meta));
  syncDirectorySync(paths.root);
}

function encodeLogMeta(paths: LogPaths, meta: LogMeta): string {
  const json = {
    format: FORMAT,
    id: meta.id,
    node: paths.node,
    boot_id: meta.bootId,
    open: meta.open,
    clean_end: meta.cleanEnd,
    interrupted: meta.interrupted,
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
