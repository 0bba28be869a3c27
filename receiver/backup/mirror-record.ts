import { replaceFile } from '../../shared/files/replace-file.ts';
import type { Position } from '../../shared/log/position.ts';
import { type LogId, parseLogId } from '../../shared/names/log-id.ts';
import { readJsonFile } from './json-file.ts';
import { type MirrorId, parseMirrorId } from './marker.ts';
import type { ScrubCursor } from './scrub.ts';

/** The last run that brought the whole mirror up to date. */
export interface MirrorSuccess {
  /** When it ended, ms since 1970. */
  readonly atMs: number;
  readonly tookMs: number;
  /** Bytes it wrote to the mirror's log files. */
  readonly writtenBytes: number;
  /** When it ended by what cannot be set: how long this machine had been running. Undefined where an older release wrote it. */
  readonly uptime: { readonly bootId: string; readonly ms: number } | undefined;
}

/**
 * How long ago a success was, ms. By the machine's uptime where it has not been started again since; the clock on the wall may
 * have been set meanwhile.
 */
export function ageOfSuccess(
  { atMs, uptime }: MirrorSuccess,
  now: { readonly atMs: number; readonly bootId: string; readonly uptimeMs: number },
): number {
  if (uptime?.bootId === now.bootId) return Math.max(0, now.uptimeMs - uptime.ms);
  return Math.max(0, now.atMs - atMs);
}

/** A log that the mirror had at its last run, and up to where. */
export interface RecordedLog {
  readonly log: LogId;
  /** `node-7`, or `node-7@ID` when it was archived. */
  readonly name: string;
  readonly end: Position;
}

/** What the runs of the mirror leave for later ones, and for whoever verifies. */
export interface MirrorMemory {
  readonly lastSuccess: MirrorSuccess | undefined;
  /** Every log that it ever had. */
  readonly logs: readonly RecordedLog[];
  /** Up to where sealed segments were read again; undefined: begin at the first log. */
  readonly scrubbed: ScrubCursor | undefined;
}

/** What the receiver itself remembers of its mirror, in `mirror.json` on its own disk. */
export type MirrorRecord =
  /** No mirror was ever made. */
  | { readonly kind: 'never' }
  /** The file is damaged: a mirror may have been made, nobody knows which. */
  | { readonly kind: 'unreadable'; readonly detail: string }
  | ({ readonly kind: 'known'; readonly id: MirrorId } & MirrorMemory);

/** Of a mirror that begins. */
export const NOTHING_MIRRORED: MirrorMemory = { lastSuccess: undefined, logs: [], scrubbed: undefined };

/** Reads `mirror.json`. */
export async function readMirrorRecord(path: string): Promise<MirrorRecord> {
  const file = await readJsonFile(path);
  if (file.kind === 'missing') return { kind: 'never' };
  if (file.kind === 'unreadable') return file;
  const id = parseMirrorId(file.value['mirror']);
  if (id === undefined) return { kind: 'unreadable', detail: `${path} names no mirror` };
  const { last_success: success, logs, scrubbed } = file.value;
  return {
    ...{ kind: 'known', id, lastSuccess: parseSuccess(success) },
    logs: Array.isArray(logs) ? logs.flatMap((one) => parseLog(one) ?? []) : [],
    scrubbed: parseCursor(scrubbed),
  };
}

/**
 * Writes `mirror.json` durably.
 *
 * @throws an Error that names the file: it lies in the data directory, so its disk is not the drive of the mirror
 */
export async function writeMirrorRecord(
  path: string,
  id: MirrorId,
  { lastSuccess, logs, scrubbed }: MirrorMemory,
): Promise<void> {
  const success = lastSuccess && {
    at: new Date(lastSuccess.atMs).toISOString(),
    took_ms: Math.round(lastSuccess.tookMs),
    written_bytes: lastSuccess.writtenBytes,
    boot_id: lastSuccess.uptime?.bootId,
    uptime_ms: lastSuccess.uptime?.ms,
  };
  const mirrored = logs.map(({ log, name, end }) => ({ log, name, ...end }));
  const json = { format: 1, mirror: id, last_success: success, scrubbed, logs: mirrored };
  await replaceFile(path, `${JSON.stringify(json, undefined, 2)}\n`).catch((cause: unknown) => {
    throw new Error(`cannot write ${path}`, { cause });
  });
}

function parseSuccess(value: unknown): MirrorSuccess | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as { [key: string]: unknown };
  const { at, took_ms: tookMs, written_bytes: writtenBytes, boot_id: bootId, uptime_ms: ms } = fields;
  const atMs = Date.parse(String(at));
  if (Number.isNaN(atMs)) return undefined;
  const uptime = typeof bootId === 'string' && typeof ms === 'number' ? { bootId, ms } : undefined;
  return { atMs, tookMs: Number(tookMs) || 0, writtenBytes: Number(writtenBytes) || 0, uptime };
}

function parseLog(value: unknown): RecordedLog | undefined {
  const { log, name, segment, offset } = (value ?? {}) as { [key: string]: unknown };
  const id = parseLogId(String(log));
  if (id === undefined || typeof segment !== 'number' || typeof offset !== 'number') return undefined;
  return { log: id, name: String(name), end: { segment, offset } };
}

function parseCursor(value: unknown): ScrubCursor | undefined {
  const { log, segment } = (value ?? {}) as { [key: string]: unknown };
  return typeof log === 'string' && typeof segment === 'number' ? { log, segment } : undefined;
}
