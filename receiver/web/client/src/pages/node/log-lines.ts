import { formatClock } from '../../text/format-time.ts';

/** A line of the log as it is shown. */
export interface LogLine {
  readonly id: number;
  /** Time of day by the reader's time zone; empty when the line has none. */
  readonly clock: string;
  readonly kind: 'sample' | 'top' | 'inventory' | 'event' | 'segment' | 'other';
  /** The line without its time. */
  readonly text: string;
}

const KINDS = ['top', 'inventory', 'event', 'segment'] as const;
const MOST = 500;
let nextId = 0;

/** Reads a line. One that is no JSON, such as a torn one, is shown as it stands. */
export function parseLine(line: string): LogLine {
  const id = nextId++;
  try {
    const { t, ...rest } = JSON.parse(line) as Record<string, unknown>;
    const atMs = Date.parse(String(t));
    const kind = 'cpu' in rest ? 'sample' : (KINDS.find((name) => name in rest) ?? 'other');
    return { id, clock: Number.isNaN(atMs) ? '' : formatClock(atMs), kind, text: JSON.stringify(rest) };
  } catch {
    return { id, clock: '', kind: 'other', text: line };
  }
}

/** The text of a line with a key a row; lists of numbers stay in one. */
export function layOut(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value, undefined, 2).replace(/\[[\s\d.,eE+-]*\]/g, (list) =>
      list.replace(/\s+/g, ' '),
    );
  } catch {
    return text;
  }
}

/** Puts lines at the end and drops the oldest beyond five hundred. */
export function appendLines(lines: readonly LogLine[], added: readonly LogLine[]): readonly LogLine[] {
  return [...lines, ...added].slice(-MOST);
}
