/**
 * Does anything grow? A receiver, a real sender and 199 simulated ones over TLS, ten samples a second each, for half an hour.
 *
 *     npm run build && npm run bench:soak -- [--minutes 30] [--nodes 200] [--rate 10] [--creep 1] [--no-history]
 *
 * Every ten seconds it looks at the resident memory and the file descriptors of both programs, and each of their threads tells what lives on its heap after
 * a collection and how late its event loop was. The first quarter is warm-up. Ends with 1 when what lives grows by more than 1 MB an hour (--creep; beyond
 * doubt: by more than twice the error of the line through the points), descriptors grow, the event loop of a thread is late by 50 ms more than once
 * in a hundred times, or anything that was sent is not acknowledged.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NODE_FLAGS as RECEIVER_FLAGS } from '../receiver/node-flags.ts';
import { NODE_FLAGS as SENDER_FLAGS } from '../sender/node-flags.ts';
import {
  askBuilt,
  endAll,
  type ProgramName,
  preparePlace,
  simulateNodes,
  startBuilt,
} from './built-programs.ts';
import type { ProbeLine } from './load/thread-probe.ts';
import { memoryMib } from './program-use.ts';
import { trendOf } from './regression.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    nodes: { type: 'string', default: '200' },
    rate: { type: 'string', default: '10' },
    creep: { type: 'string', default: '1' },
    'no-history': { type: 'boolean', default: false },
  },
});
const SECONDS = Number(values.minutes) * 60;
const WARM_UP_MS = SECONDS * 250;
const LOOK_MS = 10_000;
const HOUR_MS = 3_600_000;
const MB = 1e6;
const LIMITS = { bytesAnHour: Number(values.creep) * MB, descriptors: 2, lateMs: 50 } as const;

/** What was seen of a program at a time. */
interface Look {
  readonly atMs: number;
  readonly rssBytes: number;
  readonly descriptors: number;
}

using place = preparePlace('soak', 24_970, Number(values.nodes) - 1, {
  sleeptime: 1 / Number(values.rate),
  history: { enabled: !values['no-history'] },
});
const failures: string[] = [];

// Without types: the sender's flags leave Node without the WebAssembly that would strip them.
const probe = join(place.directory, 'thread-probe.mjs');
const source = readFileSync(join(import.meta.dirname, 'load/thread-probe.ts'), 'utf8');
writeFileSync(probe, stripTypeScriptTypes(source));

function probed(program: ProgramName) {
  const directory = join(place.directory, `probe-${program}`);
  mkdirSync(directory);
  const flags = program === 'receiver' ? RECEIVER_FLAGS : SENDER_FLAGS;
  return {
    directory,
    start: {
      flags: [...flags, '--expose-gc', '--import', probe],
      env: { FLEETKEEP_PROBE_DIRECTORY: directory },
    },
  };
}

function look(pid: number): Look {
  return {
    atMs: performance.now(),
    rssBytes: memoryMib(pid).rss * 2 ** 20,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}

/** The lines of each thread of a program, warm-up left out. */
function threadsOf(directory: string): readonly (readonly ProbeLine[])[] {
  return readdirSync(directory).map((name) => {
    const lines = readFileSync(join(directory, name), 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as ProbeLine).filter(({ atMs }) => atMs > WARM_UP_MS);
  });
}

function growth(points: readonly (readonly [number, number])[]): { text: string; isBeyondDoubt: boolean } {
  const { slope, error } = trendOf(points);
  const [anHour, off] = [slope * HOUR_MS, 2 * error * HOUR_MS];
  const text = `${(anHour / MB).toFixed(2)} ± ${(off / MB).toFixed(2)} MB an hour`;
  return { text, isBeyondDoubt: anHour - off > LIMITS.bytesAnHour };
}

function judge(program: ProgramName, looks: readonly Look[], directory: string): void {
  const settled = looks.filter(({ atMs }) => atMs - (looks[0]?.atMs ?? 0) > WARM_UP_MS);
  const [first, last] = [settled[0], settled.at(-1)];
  if (first === undefined || last === undefined) throw new Error('too short to say anything');
  const rss = growth(settled.map(({ atMs, rssBytes }) => [atMs, rssBytes]));
  const descriptors = `${first.descriptors} descriptors, ${last.descriptors} at the end`;
  console.log(`${program}: resident ${(last.rssBytes / MB).toFixed(0)} MB, ${rss.text}; ${descriptors}`);
  if (last.descriptors - first.descriptors > LIMITS.descriptors)
    failures.push(`${program}: descriptors grow, ${descriptors}`);
  for (const lines of threadsOf(directory)) {
    const last = lines.at(-1);
    if (last === undefined) throw new Error('too short to say anything');
    const { thread, liveBytes, allP99Ms } = last;
    const live = growth(lines.map((line) => [line.atMs, line.liveBytes]));
    const p99 = Math.max(...lines.map(({ p99Ms }) => p99Ms));
    const latest = Math.max(...lines.map(({ maxMs }) => maxMs));
    console.log(
      `  ${thread.padEnd(12)} ${(liveBytes / MB).toFixed(1)} MB live, ${live.text}; ` +
        `event loop late by ${allP99Ms.toFixed(0)} ms (99 of 100; ${p99.toFixed(0)} in the worst ten seconds), ${latest.toFixed(0)} ms at most`,
    );
    if (live.isBeyondDoubt) failures.push(`${program}, ${thread}: ${live.text} live longer`);
    if (allP99Ms > LIMITS.lateMs)
      failures.push(`${program}, ${thread}: event loop late by ${allP99Ms.toFixed(0)} ms`);
  }
}

const probes = { receiver: probed('receiver'), sender: probed('sender') };
const receiver = await startBuilt(place, 'receiver', probes.receiver.start);
const { code } = JSON.parse(askBuilt(place, 'receiver', 'join-code', '--json')) as { code: string };
const sender = await startBuilt(place, 'sender', { ...probes.sender.start, args: ['--join', code] });
const simulated = await simulateNodes(place, {
  nodes: Number(values.nodes) - 1,
  seconds: SECONDS,
  lines: Number(values.rate),
  isTls: true,
});

const looks: { readonly [Program in ProgramName]: Look[] } = { receiver: [], sender: [] };
const until = performance.now() + SECONDS * 1000;
while (performance.now() < until) {
  looks.receiver.push(look(receiver.pid ?? 0));
  looks.sender.push(look(sender.pid ?? 0));
  await delay(LOOK_MS);
}
const { sent, acknowledged } = await simulated.result;
for (const program of ['receiver', 'sender'] as const)
  judge(program, looks[program], probes[program].directory);
console.log(`${(sent / MB).toFixed(0)} MB sent, ${((acknowledged / sent) * 100).toFixed(3)} % acknowledged`);
if (acknowledged < sent) failures.push(`${sent - acknowledged} bytes were not acknowledged`);
await endAll([sender, receiver]);
for (const failure of failures) console.error(`not met: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
