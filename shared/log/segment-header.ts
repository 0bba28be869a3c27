import { type LogId, parseLogId } from '../names/log-id.ts';
import type { NodeName } from '../names/node-name.ts';

/** What the first line of every segment says (invariant 4). */
export interface SegmentHeader {
  readonly log: LogId;
  readonly node: NodeName;
  /** Number of the segment. */
  readonly segment: number;
  /** The boot of the writer's machine under which the segment was begun. */
  readonly bootId: string;
  /** When it was begun, ms since 1970. */
  readonly atMs: number;
}

/** A header is far shorter; a first line that is longer is none. */
export const MAX_HEADER_BYTES = 1024;

const PATTERN =
  /^\{"t":"([^"]+)","segment":\{"format":1,"log":"([0-9a-f-]{36})","node":"([a-z0-9-]+)","number":(\d+),"boot":"([\w-]+)"\}\}$/;

/** The first line of a segment, with its `\n`. */
export function encodeSegmentHeader(header: SegmentHeader): string {
  const segment = {
    format: 1,
    log: header.log,
    node: header.node,
    number: header.segment,
    boot: header.bootId,
  };
  return `${JSON.stringify({ t: new Date(header.atMs).toISOString(), segment })}\n`;
}

/** Whether a line of a log names log and segment, and so is no sample; for those who only want samples. */
export function isHeaderLine(line: string): boolean {
  return line.startsWith('","segment":{"format":', '{"t":"2026-01-01T00:00:00.000Z'.length);
}

/** Reads the first line of a segment from its first bytes; undefined when it is torn or none. */
export function parseSegmentHeader(bytes: Uint8Array): SegmentHeader | undefined {
  const end = bytes.indexOf(0x0a);
  if (end < 0 || end > MAX_HEADER_BYTES) return undefined;
  const match = PATTERN.exec(Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('utf8'));
  const log = parseLogId(match?.[2] ?? '');
  if (match === null || log === undefined) return undefined;
  return {
    log,
    node: match[3] as NodeName,
    segment: Number(match[4]),
    bootId: match[5] ?? '',
    atMs: Date.parse(match[1] ?? ''),
  };
}
