import { setTimeout as delay } from 'node:timers/promises';
import type { LinkConditions } from './bad-link.ts';
import type { Line } from './bad-network.ts';
import { mulberry32 } from './simulated-node.ts';

/** Options of {@link cutAtRandom}. */
export interface WeatherOptions {
  readonly forMs: number;
  /** How long a line is cut, uniform between these, ms; between two cuts it holds for up to half as long. */
  readonly cutMs: readonly [least: number, most: number];
  /** What the lines are like between the cuts. */
  readonly conditions: Partial<LinkConditions>;
  readonly seed: number;
}

/** Cuts each line now and then, for a time, each by itself; leaves them whole and sound. How often that was. */
export async function cutAtRandom(lines: readonly Line[], options: WeatherOptions): Promise<number> {
  const untilMs = performance.now() + options.forMs;
  const cuts = await Promise.all(
    lines.map(async (line, index) => await cutOne(line, untilMs, options, mulberry32(options.seed + index))),
  );
  return cuts.reduce((sum, count) => sum + count, 0);
}

async function cutOne(
  line: Line,
  untilMs: number,
  { cutMs: [least, most], conditions }: WeatherOptions,
  random: () => number,
): Promise<number> {
  const leftMs = () => Math.max(0, untilMs - performance.now());
  let cuts = 0;
  for (; leftMs() > least; cuts++) {
    line.set(conditions);
    await delay(Math.min(leftMs(), (random() * most) / 2));
    line.set({ ...conditions, isCut: true });
    await delay(Math.min(leftMs(), least + random() * (most - least)));
  }
  line.set({});
  return cuts;
}
