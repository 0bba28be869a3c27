/**
 * Twenty nodes on a bad network for minutes: 10 % loss, 300 ms each way, 64 kbit/s, and each line cut at random for 1 to 60 s. Real
 * programs, in network namespaces, so for root only. Tells how long it took after the last cut until every log was equal, how often
 * nodes connected again, and how many bytes went over the lines for a byte of log.
 *
 *     npm run bench:netem -- [--minutes 3] [--seed 1] [--sound]
 *
 * With `--sound` nothing is done to the lines, for comparison.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Line, whyNoBadNetwork } from '../test/helpers/bad-network.ts';
import { startSite } from '../test/helpers/bad-network-site.ts';
import { cutAtRandom } from '../test/helpers/weather.ts';
import { readWholeLog } from '../test/helpers/whole-log.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    sound: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const CONDITIONS = { lossRatio: 0.1, delayMs: 300, bitsPerSecond: 64_000 };
/** The default of `receiver.silence_timeout_seconds`. */
const SILENCE_SECONDS = 20;
const NODES = 20;

const why = whyNoBadNetwork();
if (why !== undefined) console.log(`not measured: ${why}`);
else await measure();

async function measure(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'fleetkeep-netem-'));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  const site = cleanup.use(
    await startSite({
      directory,
      senders: NODES,
      played: 0,
      seed,
      sleeptimeSeconds: 1,
      silenceSeconds: SILENCE_SECONDS,
    }),
  );
  await site.caughtUp(60_000);
  const cuts = await weather(site.lines);
  const healedMs = await site.caughtUp(120_000);
  await site.end();

  let logBytes = 0;
  let unequal = 0;
  for (const { name, own, there } of site.nodes) {
    const [mine, theirs] = await Promise.all([readWholeLog(own, name), readWholeLog(there, name)]);
    logBytes += mine.bytes;
    if (mine.sha256 !== theirs.sha256) unequal += 1;
  }
  const sent = site.lines.map((line) => line.sent());
  const sum = (key: 'packets' | 'lost' | 'bytes') => sent.reduce((total, line) => total + line[key], 0);
  console.log(
    [
      `${NODES} nodes, ${values.minutes} min, seed ${seed}: ${cuts} cuts, ${site.connections() - NODES} connections again`,
      `${sum('packets')} packets sent by the nodes, ${sum('lost')} of them lost`,
      `${(sum('bytes') / logBytes).toFixed(2)} bytes on the lines for a byte of log (${(logBytes / 1e6).toFixed(1)} MB)`,
      `after the last cut the receiver has all of a node after ${seconds(healedMs, 0.5)} s (median), ${seconds(healedMs, 1)} s (greatest)`,
      `${unequal} logs differ`,
    ].join('\n'),
  );
  process.exitCode = unequal > 0 ? 1 : 0;
}

/** How often a line was cut. */
async function weather(lines: readonly Line[]): Promise<number> {
  const forMs = Number(values.minutes) * 60_000;
  if (!values.sound) {
    return await cutAtRandom(lines, { forMs, cutMs: [1000, 60_000], conditions: CONDITIONS, seed });
  }
  await delay(forMs);
  return 0;
}

function seconds(ascendingMs: readonly number[], share: number): string {
  return ((ascendingMs[Math.floor(share * (ascendingMs.length - 1))] ?? 0) / 1000).toFixed(1);
}
