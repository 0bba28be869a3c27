import t from 'tap';
import type { LinkConditions } from '../helpers/bad-link.ts';
import { type Line, whyNoBadNetwork } from '../helpers/bad-network.ts';
import { startSite } from '../helpers/bad-network-site.ts';
import { until } from '../helpers/until.ts';
import { cutAtRandom, type WeatherOptions } from '../helpers/weather.ts';
import { assertNoneDoubled, waitForEqual } from '../helpers/whole-log.ts';

/** What is lost and when a line is cut follows from it: given again, it makes the same weather. */
const SEED = Number(process.env['FLEETKEEP_NETEM_SEED'] ?? Date.now() % 2 ** 31);
/** With this the lines are cut for that long, and for up to a minute at a time, as in `npm run bench:netem`. */
const CAMPAIGN_SECONDS = Number(process.env['FLEETKEEP_NETEM_SECONDS'] ?? 0);

const PATIENT = { timeoutMs: 120_000 };
const LOSS = { lossRatio: 0.1 };
const DELAY = { delayMs: 300 };
const NARROW = { bitsPerSecond: 64_000 };
const SINGLY: readonly (readonly [string, Partial<LinkConditions>])[] = [
  ['a tenth is lost', LOSS],
  ['all takes 300 ms each way', DELAY],
  ['a line carries 64 kbit/s', NARROW],
];
const CAMPAIGN: WeatherOptions = {
  forMs: CAMPAIGN_SECONDS * 1000,
  cutMs: [1000, 60_000],
  conditions: { ...LOSS, ...DELAY, ...NARROW },
  seed: SEED,
};
/** With less delay, since TCP tries again after a time that begins at twice that and doubles each time. */
const SHORT: WeatherOptions = {
  forMs: 10_000,
  cutMs: [1000, 5000],
  conditions: { ...LOSS, ...NARROW, delayMs: 30 },
  seed: SEED,
};

t.setTimeout(600_000 + CAMPAIGN_SECONDS * 1000);

t.test(
  'whatever the network does to 20 nodes, in the end every log is equal, and no line is lost or doubled',
  { skip: whyNoBadNetwork() ?? false },
  async (t) => {
    t.comment(`FLEETKEEP_NETEM_SEED=${SEED}`);
    await using site = await startSite({
      directory: t.testdir(),
      senders: 3,
      played: 17,
      seed: SEED,
      // More than a line of 64 kbit/s carries, so that a backlog grows on it.
      sleeptimeSeconds: 0.1,
      // The receiver does not wait long for a silent node: many a cut then ends the connection as well.
      silenceSeconds: 4,
    });
    for (const [what, conditions] of SINGLY) {
      for (const line of site.lines) line.set(conditions);
      await carried(site.lines, 20);
      const tookMs = await site.caughtUp(PATIENT.timeoutMs);
      t.pass(`while ${what}, the receiver is at most ${Math.round(tookMs.at(-1) ?? 0)} ms behind`);
    }

    const cuts = await cutAtRandom(site.lines, CAMPAIGN_SECONDS > 0 ? CAMPAIGN : SHORT);
    const healedMs = await site.caughtUp(PATIENT.timeoutMs);
    const again = site.connections() - site.nodes.length;
    t.comment(
      `${cuts} cuts, ${again} connections again; whole again after ${Math.round(healedMs.at(-1) ?? 0)} ms`,
    );
    t.ok(
      site.lines.every((line) => line.sent().lost > 0),
      'every line lost something',
    );

    await site.end();
    for (const { name, ...logs } of site.nodes) assertNoneDoubled(t, await waitForEqual(t, logs, name));
  },
);

/** Waits until the nodes' end of each line has sent some packets more. */
async function carried(lines: readonly Line[], packets: number): Promise<void> {
  const enough = lines.map((line) => line.sent().packets + packets);
  const isEnough = () => lines.every((line, index) => line.sent().packets >= (enough[index] ?? 0));
  await until(isEnough, { ...PATIENT, what: `${packets} packets on every line` });
}
