import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startTopProcesses } from '../../../sender/sampler/top-processes.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { guardTest } from '../../helpers/guard.ts';
import { until } from '../../helpers/until.ts';
import { layOutMachine, parseLine } from './lay-out-machine.ts';

/** Sets user time and start of a process of the tree. */
function change(root: string, pid: number, set: (fields: string[]) => void): void {
  const path = join(root, `proc/${pid}/stat`);
  const fields = readFileSync(path, 'utf8').split(' ');
  set(fields);
  mkdirSync(join(root, `proc/${pid}`), { recursive: true });
  writeFileSync(path, fields.join(' '));
}

await t.test('the busiest and the largest are told, in order, in their units', async (t) => {
  const root = layOutMachine(t, 'raspberry-pi');
  let monotonicMs = 0;
  const clock = {
    ...fakeClock(),
    now: () => 0,
    monotonic: () => monotonicMs,
    sleep: () => Promise.resolve(),
  };
  const top = await startTopProcesses({ root, platform: 'linux', clock });
  monotonicMs = 30_000;
  change(root, 977, (fields) => {
    fields[13] = String(18_000 + 600);
  });
  change(root, 1, (fields) => {
    fields[14] = String(420 + 30);
  });
  change(root, 1200, (fields) => {
    fields[21] = '900000'; // another process under the same pid: all its time is new
  });
  rmSync(join(root, 'proc/1300'), { recursive: true });
  const line = await top.read(Date.parse('2026-11-20T22:00:00.000Z'));
  t.ok(line.startsWith('{"t":"2026-11-20T22:00:00.000Z","top":{"cpu":['));
  const { cpu, mem } = parseLine(line).top;
  // 30 s on 4 cores are 12 000 ticks; pages of this machine have 16 KiB.
  t.same(cpu, [
    { pid: 977, name: 'pihole-FTL', cpu: 0.05, rss: 3020 * 16_384 },
    { pid: 1, name: 'systemd', cpu: 0.0025, rss: 712 * 16_384 },
    { pid: 1200, name: 'sshd', cpu: 0.0003, rss: 412 * 16_384 },
  ]);
  t.same(
    mem.map(({ name }: { readonly name: string }) => name),
    ['dockerd (main) x', 'pihole-FTL', 'systemd', 'sshd', 'chronyd'],
    'a process that ended is gone; the sixth is not told',
  );
});

await t.test('where other users’ processes are hidden, nobody knows which are the busiest', async (t) => {
  const root = layOutMachine(t, 'laptop');
  const top = await startTopProcesses({ root, platform: 'linux' });
  rmSync(join(root, 'proc/1/stat'));
  t.same(parseLine(await top.read(0)).top, { hidden: true, cpu: [], mem: [] });
});

await t.test('no more than five are told', async (t) => {
  const root = layOutMachine(t, 'laptop');
  const top = await startTopProcesses({ root, platform: 'linux' });
  t.equal(parseLine(await top.read(0)).top.mem.length, 5);
});

await t.test('a busy process of this machine is found', { skip: process.platform !== 'linux' }, async (t) => {
  const top = await startTopProcesses();
  guardTest();
  const busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  t.teardown(() => busy.kill('SIGKILL'));
  const found = await until(
    async () => {
      const { cpu } = parseLine(await top.read(Date.now())).top;
      return cpu.find(({ pid }: { readonly pid: number }) => pid === busy.pid);
    },
    { timeoutMs: 10_000, what: 'the process among the busiest' },
  );
  t.ok(found.cpu > 0 && found.cpu <= 1);
  t.equal(found.name, 'node', 'although its main thread is called MainThread');
});
