import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { keepProgram, PAUSE_MS, TRIES } from '../keep-program.ts';
import { fakeClock } from './helpers/fake-clock.ts';
import { guardTest } from './helpers/guard.ts';
import { findFreePort } from './helpers/programs.ts';
import { until } from './helpers/until.ts';

guardTest();
t.setTimeout(600_000);

const PATIENT = { timeoutMs: 30_000 };
const UP = "console.log('up');";
const GOES_ON = `${UP}setInterval(() => {}, 1000)`;

/** A kept program: `script` says what its process does at each start, `news` what to add when it runs again. */
function keep(script: (start: number) => string, news?: string) {
  const clock = fakeClock();
  const stop = new AbortController();
  const said: string[] = [];
  const children: ChildProcess[] = [];
  let ups = 0;
  const kept = keepProgram({
    name: 'receiver',
    async launch() {
      const child = spawn(process.execPath, ['-e', script(children.length + 1)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      return child;
    },
    async waitUntilUp(pid, signal) {
      const child = children.at(-1);
      if (pid !== child?.pid || child?.stdout == null) throw new Error('another process');
      await once(child.stdout, 'data', { signal });
      return news;
    },
    onUp: () => ups++,
    say: (sentence) => said.push(sentence),
    clock,
    signal: stop.signal,
  });
  return { kept, clock, stop, said, children, ups: () => ups };
}

t.test(
  'keepProgram() starts a program again that was killed, after a pause in which the alarm is seen',
  async (t) => {
    const { kept, clock, stop, said, children, ups } = keep(() => GOES_ON);
    for (let round = 1; round <= TRIES + 1; round++) {
      await until(() => ups() === round, { ...PATIENT, what: 'the start' });
      children.at(-1)?.kill('SIGKILL');
      await until(() => clock.sleeping() === 1, { ...PATIENT, what: 'the pause' });
      t.match(
        said.at(-1),
        /^The receiver was killed \(SIGKILL\)\. The sender goes on.* started again in 15 s\.$/,
      );
      await clock.advance(PAUSE_MS - 1);
      t.equal(children.length, round, 'not before');
      await clock.advance(1);
    }
    await until(() => ups() === TRIES + 2, { ...PATIENT, what: 'the last start' });
    t.equal(said.at(-1), 'The receiver runs again.');
    stop.abort();
    children.at(-1)?.kill('SIGTERM');
    t.equal(await kept, undefined, 'it ends when both are to end');
  },
);

t.test('keepProgram() says what a restart has changed', async (t) => {
  const { kept, clock, stop, said, children, ups } = keep(() => GOES_ON, 'The link is now http://x.');
  await until(() => ups() === 1, { ...PATIENT, what: 'the start' });
  t.strictSame(said, [], 'the first start prints everything itself');
  children.at(-1)?.kill('SIGKILL');
  await until(() => clock.sleeping() === 1, { ...PATIENT, what: 'the pause' });
  await clock.advance(PAUSE_MS);
  await until(() => ups() === 2, { ...PATIENT, what: 'the second start' });
  t.equal(said.at(-1), 'The receiver runs again. The link is now http://x.');
  stop.abort();
  children.at(-1)?.kill('SIGTERM');
  await kept;
});

t.test('keepProgram() does not wait for the pause when both are to end', async (t) => {
  const { kept, clock, stop, said } = keep(() => `${UP}setTimeout(() => process.exit(0), 200)`);
  await until(() => clock.sleeping() === 1, { ...PATIENT, what: 'the pause' });
  t.match(said, [/^The receiver was asked to stop, and has stopped\./]);
  stop.abort();
  t.equal(await kept, undefined);
});

t.test('keepProgram() gives up a program that fails again and again, with its exit code', async (t) => {
  const { kept, clock, said, children } = keep((start) =>
    start === 1 ? `${UP}setTimeout(() => process.exit(4), 200)` : 'process.exit(5)',
  );
  for (let failures = 1; failures < TRIES; failures++) {
    await until(() => clock.sleeping() === 1, { ...PATIENT, what: `pause ${failures}` });
    await clock.advance(PAUSE_MS);
  }
  t.equal(await kept, 5);
  t.equal(children.length, TRIES);
  t.match(
    said.at(-1),
    /^The receiver ended with exit code 5 .*, 5 times in a row\. Both programs stop now\.$/,
  );
});

t.test(
  'keepProgram() gives up at once what does not come up the first time, or is configured wrongly',
  async (t) => {
    const first = keep(() => 'process.exit(1)');
    t.equal(await first.kept, 1);
    t.equal(first.children.length, 1);
  },
);

async function startBoth(directory: string, port: number) {
  const config = {
    port,
    to_directory: 'mirror',
    mirror: { allow_same_device: true },
    web: { enabled: false },
  };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../start.ts')], { cwd: directory });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
    });
  }
  const pidOf = (program: string) =>
    (JSON.parse(readFileSync(join(directory, 'data', program, 'lock.json'), 'utf8')) as { pid: number }).pid;
  const says = async (what: RegExp) =>
    await until(() => what.test(printed), { ...PATIENT, what: () => `${what} in ${printed}` });
  t.teardown(() => child.kill('SIGTERM'));
  return { child, pidOf, says };
}

t.test('npm start: when one program is killed the other goes on, and Ctrl-C ends both', async (t) => {
  const { child, pidOf, says } = await startBoth(t.testdir(), await findFreePort());
  await says(/Fleetkeep runs/);
  const [receiver, sender] = [pidOf('receiver'), pidOf('sender')];
  process.kill(receiver, 'SIGKILL');
  await says(/The receiver was killed \(SIGKILL\)\. The sender goes on/);
  t.ok(isThere(sender));
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  t.strictSame(await ended, [0, null]);
  t.notOk(isThere(sender), 'the sender has ended too');
});

t.test('npm start: SIGTERM while the receiver is starting ends both', async (t) => {
  const { child, pidOf } = await startBoth(t.testdir(), await findFreePort());
  const receiver = await until(() => orUndefined(() => pidOf('receiver')), {
    ...PATIENT,
    what: 'the receiver',
  });
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  t.strictSame(await ended, [0, null]);
  t.notOk(isThere(receiver));
});

t.test('npm start: what cannot start ends it with a message and its exit code', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.teardown(() => taken.close());
  await once(taken, 'listening');
  const { child, says } = await startBoth(t.testdir(), (taken.address() as AddressInfo).port);
  const ended = once(child, 'exit');
  await says(/another program already listens.*exit code 1 .*Both programs stop now/s);
  t.strictSame(await ended, [1, null]);
});

/** What a file says; undefined while it is not there. */
function orUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
