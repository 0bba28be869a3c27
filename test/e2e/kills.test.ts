import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { requestControl } from '../../shared/control/request-control.ts';
import { preparePlace, type Running } from '../helpers/programs.ts';
import { assertNoneDoubled, logsAt, waitForEqual } from '../helpers/whole-log.ts';

/** How many kills; 20 in `.ci/run`, FLEETKEEP_KILL_RUNS=50 and more for campaigns. */
const RUNS = Number(process.env['FLEETKEEP_KILL_RUNS'] ?? 6);
const SEED = Number(process.env['FLEETKEEP_KILL_SEED'] ?? Date.now() % 1_000_000);

/** mulberry32, a small generator that a seed repeats. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

t.setTimeout(600_000 + RUNS * 5000);

t.test(
  `${RUNS} kills -9 of senders, receiver and worker under load lose and double nothing (seed ${SEED})`,
  async (t) => {
    const random = seeded(SEED);
    const place = await preparePlace(t.testdir(), { sleeptime: 0.1, log: { segment_bytes: 65_536 } });
    const start = async (node: string) =>
      await place.start(
        'sender',
        '--node-name',
        node,
        '--data-directory',
        join(place.directory, `sender-${node}`),
      );
    let receiver: Running = await place.start('receiver');
    const senders = new Map([
      ['a', await start('a')],
      ['b', await start('b')],
    ]);
    t.teardown(
      async () => await Promise.all([receiver, ...senders.values()].map((one) => one.end('SIGKILL'))),
    );

    /** What is in the receiver's file has been read from it by others; it must never be shorter afterwards. */
    const sizes = () =>
      ['a', 'b'].map((node) => sizeOf(join(place.directory, 'receiver/logs', `node-${node}.log`)));

    for (let run = 0; run < RUNS; run++) {
      // Random moments are the point here: nothing is waited for.
      await delay(200 + random() * 1200);
      const before = sizes();
      const what = random();
      if (what < 0.35) {
        await receiver.end('SIGKILL');
        const after = sizes();
        t.ok(
          before.every((size, index) => isGrown(size, after[index])),
          'a kill of the receiver shortens no file',
        );
        await delay(random() * 600);
        receiver = await place.start('receiver');
      } else if (what < 0.75) {
        const node = what < 0.55 ? 'a' : 'b';
        await senders.get(node)?.end('SIGKILL');
        await delay(random() * 400);
        senders.set(node, await start(node));
      } else {
        const directory = join(place.directory, 'receiver');
        await requestControl({ directory, name: 'receiver', command: 'restart-worker', args: { worker: 0 } });
      }
    }
    for (const sender of senders.values()) await sender.end();
    // Stopped senders have said what they had, or it waits for them: start once more and stop in peace.
    for (const node of senders.keys()) {
      const sender = await start(node);
      senders.set(node, sender);
      await delay(1500);
      await sender.end();
      assertNoneDoubled(t, await waitForEqual(t, logsAt(place, `sender-${node}`), node));
    }
    const verified = await place.run('receiver', 'verify');
    t.equal(verified.code, 3, `${verified.stdout}${verified.stderr}: the nodes are stopped, and not asked`);
    t.notMatch(verified.stdout, /^!/m);
  },
);

function sizeOf(path: string): { ino: number; size: number } {
  const found = statSync(path, { throwIfNoEntry: false });
  return { ino: found?.ino ?? 0, size: found?.size ?? 0 };
}

/** A file of another inode is the next segment. */
function isGrown(before: { ino: number; size: number }, after?: { ino: number; size: number }): boolean {
  return after !== undefined && (after.ino !== before.ino || after.size >= before.size);
}
