import { loadavg, uptime } from 'node:os';
import { readBootId } from '../../../shared/files/boot-id.ts';
import type { Sample } from '../../../shared/sample/sample.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { cpuGroup } from '../cpu-group.ts';
import { encodeSample } from '../encode-sample.ts';
import { round } from '../round.ts';
import type { Sampler } from '../sampler.ts';
import { shortBootId } from '../short-boot-id.ts';
import { type SlowReadings, slowReadings } from '../slow-readings.ts';
import { readPortableCpu } from './portable-cpu.ts';
import { COSTLY_PARTS, QUICK_PARTS, type SamplePart } from './portable-readings.ts';

const QUICK_EVERY_MS = 5_000;
const COSTLY_EVERY_MS = 30_000;
const FIRST_ROUND_MS = 2_000;

/**
 * Starts to sample a platform without `/proc`. Processors, load and uptime are those of the moment; everything else
 * comes from processes that systeminformation starts, so it is read in the background and may be seconds old.
 */
export async function startPortableSampler(clock: Clock): Promise<Sampler> {
  const quick = watchParts(QUICK_PARTS, QUICK_EVERY_MS, clock);
  const costly = watchParts(COSTLY_PARTS, COSTLY_EVERY_MS, clock);
  const timeout = new AbortController();
  const settled = Promise.all([quick.settled(), costly.settled()]);
  await Promise.race([settled, clock.sleep(FIRST_ROUND_MS, timeout.signal).catch(() => undefined)]);
  timeout.abort();
  const boot = shortBootId(readBootId());
  let before = readPortableCpu();
  return {
    sample(atMs) {
      quick.poll();
      costly.poll();
      const now = readPortableCpu();
      const sample: Sample = {
        t: new Date(atMs).toISOString(),
        up: round(uptime(), 2),
        boot,
        cpu: cpuGroup(before, now, 1000),
        // Windows has no load average; Node says 0.
        load: loadavg().some((load) => load > 0) ? loadavg().map((load) => round(load, 2)) : undefined,
        ...parts(quick, QUICK_PARTS),
        ...parts(costly, COSTLY_PARTS),
      };
      before = now;
      return encodeSample(sample);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function watchParts(readers: typeof QUICK_PARTS, everyMs: number, clock: Clock): SlowReadings<SamplePart> {
  const readings = slowReadings<SamplePart>({
    read: async (name) => (await readers[name]?.()) ?? {},
    everyMs,
    maxAgeMs: everyMs * 3,
    maxInFlight: 1,
    clock,
  });
  readings.setKeys(Object.keys(readers));
  readings.poll();
  return readings;
}

function parts(readings: SlowReadings<SamplePart>, readers: typeof QUICK_PARTS): SamplePart {
  const merged: SamplePart = {};
  for (const name of Object.keys(readers)) Object.assign(merged, readings.get(name));
  return merged;
}
