/**
 * Attacks a real receiver with hostile streams: random bytes, mutated frames, and a node that misbehaves after it was let in.
 * Ends with 1 when the receiver crashed, touched another node's log, wrote outside its directory or grew.
 *
 *     node bench/fuzz.ts [--streams 100000] [--seed 1] [--tls]
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzzReceiver } from '../test/helpers/fuzz-receiver.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
    tls: { type: 'boolean', default: false },
  },
});
const directory = mkdtempSync(join(tmpdir(), 'fleetkeep-fuzz-'));
const began = performance.now();
console.log(`seed ${values.seed}`);
const report = await fuzzReceiver({
  directory: join(directory, 'place'),
  streams: Number(values.streams),
  seed: Number(values.seed),
  isTls: values.tls,
  onProgress: (done, rss) => {
    if (done % 10_000 === 0) console.log(`${done} streams, RSS ${rss.toFixed(0)} MiB`);
  },
});
console.log(JSON.stringify({ ...report, seconds: Math.round((performance.now() - began) / 1000) }));
rmSync(directory, { recursive: true, force: true });
const { isAlive, isVictimIntact, crashes, strays, strangers, rssMib } = report;
const isSound = isAlive && isVictimIntact && crashes.length + strays.length + strangers.length === 0;
process.exit(isSound && rssMib[1] < rssMib[0] * 1.5 + 30 ? 0 : 1);
