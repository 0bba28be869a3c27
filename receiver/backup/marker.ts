import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { UserError } from '../../shared/errors/errors.ts';
import { newerFormat } from '../../shared/files/newer-format.ts';
import { replaceFile } from '../../shared/files/replace-file.ts';
import { readJsonFile } from './json-file.ts';

/** Which mirror a directory is: a UUID, made with it and kept in its marker file. */
export type MirrorId = string & { readonly __brand: 'MirrorId' };

/** What the marker file of a directory says. */
export type Marker =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly detail: string }
  /** A newer version of Fleetkeep writes this mirror. */
  | { readonly kind: 'newer'; readonly error: UserError }
  | { readonly kind: 'found'; readonly id: MirrorId };

const FORMAT = 1;
const NAME = '.fleetkeep-mirror.json';

/** The marker file of a mirror: it lies on the drive itself, so an empty mount point has none. */
export function markerPath(directory: string): string {
  return join(directory, NAME);
}

/** Reads the marker of a directory. */
export async function readMarker(directory: string): Promise<Marker> {
  const path = markerPath(directory);
  const file = await readJsonFile(path);
  if (file.kind !== 'read') return file;
  const format = Number(file.value['format']);
  if (format > FORMAT) return { kind: 'newer', error: newerFormat(directory, { format, known: FORMAT }) };
  const id = parseMirrorId(file.value['id']);
  return id === undefined ? { kind: 'unreadable', detail: `${path} names no mirror` } : { kind: 'found', id };
}

/** Makes a directory a mirror, durably; returns its id. An older marker is replaced. */
export async function writeMarker(directory: string, atMs: number): Promise<MirrorId> {
  const id = randomUUID() as string as MirrorId;
  const json = {
    format: FORMAT,
    id,
    created: new Date(atMs).toISOString(),
    what: 'The mirror of a Fleetkeep receiver. Without this file the receiver does not write here.',
  };
  await replaceFile(markerPath(directory), `${JSON.stringify(json, undefined, 2)}\n`);
  return id;
}

/** Checks the id of a mirror that was read from a file. */
export function parseMirrorId(value: unknown): MirrorId | undefined {
  return typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value) ? (value as MirrorId) : undefined;
}
