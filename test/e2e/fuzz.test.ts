import { join } from 'node:path';
import t from 'tap';
import { fuzzReceiver } from '../helpers/fuzz-receiver.ts';

// The long campaign is bench/fuzz.ts; a seed that failed there, or here, can be given by hand.
const SEED = Number(process.env['FLEETKEEP_FUZZ_SEED'] ?? Date.now() % 2 ** 32);
const STREAMS = Number(process.env['FLEETKEEP_FUZZ_STREAMS'] ?? 2000);

t.setTimeout(600_000);

for (const isTls of [false, true]) {
  const streams = isTls ? STREAMS / 10 : STREAMS;
  t.test(
    `${streams} hostile streams, ${isTls ? 'with' : 'without'} TLS, do nothing to the receiver`,
    async (t) => {
      t.comment(`FLEETKEEP_FUZZ_SEED=${SEED}`);
      const directory = join(t.testdir(), 'place');
      const report = await fuzzReceiver({ directory, streams, seed: SEED, isTls });
      t.match(report, { isAlive: true, crashes: [], isVictimIntact: true, strays: [], strangers: [] });
      if (!isTls)
        t.ok(report.welcomed >= streams / 100, `${report.welcomed} were let in as a node that has joined`);
      const [early, late] = report.rssMib;
      t.ok(late < early * 1.5 + 30, `memory: ${early.toFixed(0)} MiB, then ${late.toFixed(0)} MiB`);
    },
  );
}
