import { isSample } from '../../shared/log/is-sample.ts';
import { readLastLines } from '../../shared/log/last-lines.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import type { RecentLines, RecentSpan } from './mail/recent-lines.ts';

/** Between two samples that are taken along, ms: more points than that a small graph cannot show. */
const SLOT_MS = 15_000;

/** How much is read: an hour at a line of ordinary length a second, or a moment. */
const READ = {
  hour: { lines: 4_000, bytes: 4 * 2 ** 20 },
  now: { lines: 60, bytes: 256 * 2 ** 10 },
} as const;

/**
 * What a copy of a log says about the time before its end. Samples are thinned out without being parsed.
 *
 * @throws Error of the system when the copy cannot be read
 */
export async function readRecentLines(paths: LogPaths, span: RecentSpan): Promise<RecentLines> {
  const lines = await readLastLines(paths, READ[span].lines, READ[span].bytes);
  const bySlot = new Map<number, string>();
  for (const { text } of lines) {
    if (isSample(text)) bySlot.set(slotOf(text), text);
  }
  return {
    samples: [...bySlot.values()],
    top: lines.findLast(({ text }) => /^\{"t":"[^"]{24}","top":/.test(text))?.text,
  };
}

/** Every sample begins with its time, in a fixed length. */
function slotOf(sample: string): number {
  return Math.floor(
    Date.parse(sample.slice('{"t":"'.length, '{"t":"2026-11-20T22:00:00.000Z'.length)) / SLOT_MS,
  );
}
