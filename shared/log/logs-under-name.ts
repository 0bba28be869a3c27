import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { errnoOf } from '../errors/errors.ts';
import { type LogId, parseLogId } from '../names/log-id.ts';
import type { LogPaths } from './log.ts';
import { MAX_HEADER_BYTES, parseSegmentHeader } from './segment-header.ts';

/**
 * The ids of all logs that lie under a node's name: the one in use, and the archived ones (`node-X@ID`). Synchronous, for the moment in
 * which a machine joins.
 *
 * @throws the system's error when something is there that cannot be read
 */
export function logsUnderName(paths: LogPaths): readonly LogId[] {
  const prefix = `${basename(paths.directory)}@`;
  const archived = (ifThere(() => readdirSync(paths.root)) ?? [])
    .filter((name) => name.startsWith(prefix))
    .map((name) => parseLogId(name.slice(prefix.length).replace(/\.log$/, '')));
  const ids = [...archived, idInMeta(paths.meta), idInHeader(paths.open)];
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** What is damaged names no log. */
function idInMeta(path: string): LogId | undefined {
  const text = ifThere(() => readFileSync(path, 'utf8'));
  return parseLogId(/"id":\s*"([0-9a-f-]{36})"/.exec(text ?? '')?.[1] ?? '');
}

function idInHeader(path: string): LogId | undefined {
  const file = ifThere(() => openSync(path, 'r'));
  if (file === undefined) return undefined;
  try {
    const head = Buffer.alloc(MAX_HEADER_BYTES);
    return parseSegmentHeader(head.subarray(0, readSync(file, head, 0, MAX_HEADER_BYTES, 0)))?.log;
  } finally {
    closeSync(file);
  }
}

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
