import type { Logger } from '../../../shared/logging/logger.ts';
import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { RecentLines, RecentSpan } from '../mail/recent-lines.ts';

/** How long a mail waits for what the logs say, ms. */
const READ_MS = 2_000;

/** What {@link readRecent} needs. */
export interface RecentSource {
  /** What the log of a node says about the time before its end. */
  readonly readRecent: (node: NodeName, span: RecentSpan) => Promise<RecentLines | undefined>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * What the logs of these nodes say; one that cannot be read, or not soon enough, is left out: the mail matters more. Of one
 * node alone the last hour, since a mail about it has room for that.
 */
export async function readRecent(
  names: readonly NodeName[],
  source: RecentSource,
): Promise<ReadonlyMap<string, RecentLines>> {
  if (names.length === 0) return new Map();
  const { clock, log } = source;
  const span = names.length === 1 ? 'hour' : 'now';
  const recent = new Map<string, RecentLines>();
  const reading = names.map(async (name) => {
    try {
      const lines = await source.readRecent(name, span);
      if (lines !== undefined) recent.set(name, lines);
    } catch (err) {
      log.warn({ err, node: name }, 'cannot read the end of a log');
    }
  });
  const done = new AbortController();
  const tooLate = clock.sleep(READ_MS, done.signal).catch(() => undefined);
  await Promise.race([Promise.all(reading), tooLate]);
  done.abort();
  // A copy: what comes too late must not change a mail that is being composed.
  return new Map(recent);
}
