import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import t from 'tap';
import { verifyLog } from '../../../shared/log/verify-log.ts';
import { guardTest } from '../../helpers/guard.ts';
import { numbersOf, openWriter, pathsIn, rememberingSealer } from '../../helpers/logs.ts';

const PROGRAM = new URL('writing-program.ts', import.meta.url).pathname;
const KILLS = 8;

/** Runs the program until it has said `lines` numbers, kills it, and returns the last one it said. */
async function runAndKill(root: string, first: number, lines: number): Promise<number> {
  guardTest();
  const child = spawn(process.execPath, [PROGRAM, root, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let last = first - 1;
  let said = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (++said === lines) child.kill('SIGKILL');
  }
  await ended;
  return last;
}

t.test(
  'log invariant 7: kill -9 in the middle of writing and sealing loses no line and doubles none',
  async (t) => {
    const { sealer, failed } = rememberingSealer();
    t.teardown(async () => await sealer[Symbol.asyncDispose]());
    const paths = pathsIn(t.testdir());
    const said: number[] = [];
    let next = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const last = await runAndKill(paths.root, next, 15 + kill * 17);
      for (let n = next; n <= last; n++) said.push(n);
      // The line after the last one said may be in or not, or torn.
      next = last + 2;
    }
    await using writer = await openWriter(paths, { sealer });
    await sealer.idle();
    const found = await numbersOf(paths);
    const unsaid = found.filter((n) => !said.includes(n));
    t.same(
      said.filter((n) => !found.includes(n)),
      [],
      'everything that was appended is there',
    );
    t.ok(unsaid.length <= KILLS, 'beside it at most one line a kill');
    t.same(
      found,
      [...new Set(found)].sort((a, b) => a - b),
      'once, and in order',
    );
    t.same(writer.interrupted, []);
    t.ok(writer.sealed.size > 30, `${writer.sealed.size} segments were sealed meanwhile`);
    t.same((await verifyLog(paths)).problems, []);
    t.same(failed, []);
    const left = (await readdir(paths.directory)).filter((name) => name.endsWith('.tmp'));
    t.ok(left.length <= 2, 'what earlier kills left behind is gone');
  },
);
