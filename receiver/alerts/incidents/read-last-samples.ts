import type { Logger } from '../../../shared/logging/logger.ts';
import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Clock } from '../../../shared/time/clock.ts';

/** How long a mail waits for the last values, ms. */
const SAMPLE_MS = 2_000;

/** What {@link readLastSamples} needs. */
export interface LastSampleSource {
  /** The last line of a node's log. */
  readonly readLastSample: (node: NodeName) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The last samples of these nodes; one that cannot be read, or not soon enough, is left out: the mail matters more. */
export async function readLastSamples(
  names: readonly NodeName[],
  { readLastSample, clock, log }: LastSampleSource,
): Promise<ReadonlyMap<string, string>> {
  const samples = new Map<string, string>();
  const reading = names.map(async (name) => {
    try {
      const line = await readLastSample(name);
      if (line !== undefined) samples.set(name, line);
    } catch (err) {
      log.warn({ err, node: name }, 'cannot read the last sample');
    }
  });
  const done = new AbortController();
  const tooLate = clock.sleep(SAMPLE_MS, done.signal).catch(() => undefined);
  await Promise.race([Promise.all(reading), tooLate]);
  done.abort();
  // A copy: what comes too late must not change a mail that is being composed.
  return new Map(samples);
}
