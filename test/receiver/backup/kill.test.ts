import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { verifyCopies } from '../../../receiver/backup/verify-copies.ts';
import { guardTest } from '../../helpers/guard.ts';
import { appendSamples, contentsOf, NOON_MS } from '../../helpers/logs.ts';
import { mirroredLogs } from './mirrored-logs.ts';

const PROGRAM = join(import.meta.dirname, 'mirror-program.ts');
const KILLS = 10;
const SEED = Number(process.env['FLEETKEEP_KILL_SEED'] ?? Date.now() % 1_000_000);

t.test('mirror invariant 6: a kill at any moment costs a repetition, nothing else', async (t) => {
  const { write, logsRoot, directory, recordPath, live, mirrored, sealer } = await mirroredLogs(t);
  const random = randomFrom(SEED);
  t.comment(`again with FLEETKEEP_KILL_SEED=${SEED}`);
  const writers = [await write('7'), await write('8')];
  let n = 0;
  let killed = 0;
  const said: string[] = [];

  /** Lets the log of both nodes grow, and closes a segment now and then. */
  async function grow(): Promise<void> {
    for (const writer of writers) {
      appendSamples(writer, n, n + 400, 400);
      if (random() < 0.6) writer.closeSegment(NOON_MS);
    }
    n += 400;
    await sealer.idle();
  }

  async function run(killAfterMs: number | undefined): Promise<void> {
    guardTest();
    const args = [PROGRAM, logsRoot, directory, recordPath];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    for await (const line of createInterface(child.stdout)) {
      said.push(line);
      if (line === 'begin' && killAfterMs !== undefined) {
        await delay(killAfterMs);
        child.kill('SIGKILL');
      }
    }
    const [, signal] = (await exited) as [number | null, NodeJS.Signals | null];
    if (signal === 'SIGKILL') killed++;
  }

  for (let round = 0; killed < KILLS && round < 3 * KILLS; round++) {
    await grow();
    await run(random() * 80);
  }
  await run(undefined);
  t.ok(killed >= KILLS / 2, `${killed} runs were killed on the way`);
  t.equal(said.at(-1), 'succeeded');
  t.strictSame(
    said.filter((line) => line.startsWith('problem')),
    [],
  );
  for (const node of ['7', '8']) {
    const contents = await contentsOf(live(node));
    t.ok(contents.size > 1, `node ${node} has ${contents.size} segments`);
    t.strictSame(await contentsOf(mirrored(node)), contents);
    const left = (await readdir(mirrored(node).directory)).filter((name) => /\.(tmp|aside)$/.test(name));
    t.strictSame(left, [], 'no half of a file is left, and nothing had to be set aside');
  }
  const how = { recordPath, bootId: 'boot-1', known: [] };
  t.ok((await verifyCopies({ logsRoot, mirrorDirectory: directory, ...how })).isSound);
});

/** Numbers in [0, 1), the same for the same seed (a linear congruential generator; Numerical Recipes, 7.1). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
