import { replaceFile } from '../../shared/files/replace-file.ts';
import { readJsonFile } from './json-file.ts';
import { type MirrorId, parseMirrorId } from './marker.ts';

/** The last run that brought the whole mirror up to date. */
export interface MirrorSuccess {
  /** When it ended, ms since 1970. */
  readonly atMs: number;
  readonly tookMs: number;
  /** Bytes it wrote to the mirror's log files. */
  readonly writtenBytes: number;
}

/** What the receiver itself remembers of its mirror, in `mirror.json` on its own disk. */
export type MirrorRecord =
  /** No mirror was ever made. */
  | { readonly kind: 'never' }
  /** The file is damaged: a mirror may have been made, nobody knows which. */
  | { readonly kind: 'unreadable'; readonly detail: string }
  | { readonly kind: 'known'; readonly id: MirrorId; readonly lastSuccess: MirrorSuccess | undefined };

/** Reads `mirror.json`. */
export async function readMirrorRecord(path: string): Promise<MirrorRecord> {
  const file = await readJsonFile(path);
  if (file.kind === 'missing') return { kind: 'never' };
  if (file.kind === 'unreadable') return file;
  const id = parseMirrorId(file.value['mirror']);
  if (id === undefined) return { kind: 'unreadable', detail: `${path} names no mirror` };
  return { kind: 'known', id, lastSuccess: parseSuccess(file.value['last_success']) };
}

/** Writes `mirror.json` durably. */
export async function writeMirrorRecord(
  path: string,
  id: MirrorId,
  lastSuccess: MirrorSuccess | undefined,
): Promise<void> {
  const success = lastSuccess && {
    at: new Date(lastSuccess.atMs).toISOString(),
    took_ms: Math.round(lastSuccess.tookMs),
    written_bytes: lastSuccess.writtenBytes,
  };
  const json = { format: 1, mirror: id, last_success: success };
  await replaceFile(path, `${JSON.stringify(json, undefined, 2)}\n`);
}

function parseSuccess(value: unknown): MirrorSuccess | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { at, took_ms: tookMs, written_bytes: writtenBytes } = value as { [key: string]: unknown };
  const atMs = Date.parse(String(at));
  if (Number.isNaN(atMs)) return undefined;
  return { atMs, tookMs: Number(tookMs) || 0, writtenBytes: Number(writtenBytes) || 0 };
}
