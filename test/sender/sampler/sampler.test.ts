import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { StatFs } from '../../../sender/sampler/linux/filesystems.ts';
import { startSampler } from '../../../sender/sampler/sampler.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { until } from '../../helpers/until.ts';
import {
  fixtureStatfs,
  layOutMachine,
  type MachineName,
  oneSecondLater,
  parseLine,
} from './lay-out-machine.ts';

const AT_MS = Date.parse('2026-11-20T22:00:00.000Z');

async function sampleAfterOneSecond(t: Test, machine: MachineName): Promise<string> {
  const root = layOutMachine(t, machine);
  await using sampler = await startSampler({ root, platform: 'linux', statfs: fixtureStatfs });
  oneSecondLater(root, machine);
  return sampler.sample(AT_MS);
}

for (const machine of ['raspberry-pi', 'server', 'container', 'laptop'] as const) {
  await t.test(`a sample of the ${machine} looks like this`, async (t) => {
    const line = await sampleAfterOneSecond(t, machine);
    t.ok(line.startsWith('{"t":"2026-11-20T22:00:00.000Z",'), 'the time stands first');
    t.notOk(line.includes('\n'), 'it is one line');
    t.matchSnapshot(line.replaceAll(/("\w+":(?:\{|\[))/g, '\n$1'));
  });
}

await t.test('the Raspberry Pi is read right to the digit', async (t) => {
  const sample = parseLine(await sampleAfterOneSecond(t, 'raspberry-pi'));
  // 4 cores, ticks of the second between the two trees: user 94 (8+10+5+70+…), of 399 together.
  t.match(sample.cpu, {
    n: 4,
    util: { user: 0.233, system: 0.055, idle: 0.708, iowait: 0.005 },
    core: [
      [0.08, 0.06, 0.02],
      [0.1, 0.04],
      [0.05, 0.02],
      [0.7, 0.1],
    ],
  });
  t.equal(sample.cpu.time[0], 325_039.33, 'idle seconds since boot');
  t.same(sample.load, [0.38, 0.19, 0.12]);
  t.equal(sample.up, 83_457.12);
  t.equal(sample.boot, '5f3a1c2e');
  t.same(sample.mem, { total: 8_255_488 * 1024, avail: 7_301_120 * 1024, cache: 3_180_544 * 1024 });
  t.same(sample.swap, { total: 524_272 * 1024, used: 1024 * 1024 });
  t.same(sample.paging, [12, 76, 2310]);
  t.notOk('psi' in sample, 'this kernel has no pressure information');
  t.same(Object.keys(sample.fs), ['/', '/boot/firmware', '/media/backup'], 'the NFS mount is left out');
  t.same(sample.fs['/'], [71_912_320 * 4096, 44_000_000 * 4096, 6_000_000 * 4096, 0.067]);
  t.same(sample.ro, ['/media/backup']);
  t.same(Object.keys(sample.disk), ['mmcblk0', 'sda'], 'no partitions, no RAM disks');
  t.same(sample.disk.mmcblk0, [1_523_448 * 512, 3_513_056 * 512, 20_915, 48_131, 152.322, 912.401, 401.26]);
  t.same(sample.net, { eth0: [1_234_569_012, 345_679_901, 2_345_689, 1_234_575, 0, 0, 12] });
  t.same(
    sample.temp,
    { cpu_thermal: 52.5, rp1_adc: 54.1 },
    'the thermal zone is the same sensor as cpu_thermal',
  );
  t.same(sample.fan, { pwmfan: 2987 });
  t.same(sample.proc, { n: 7, threads: 212, run: 2, blocked: 1 });
  t.same(sample.fd, { used: 1472 }, 'a limit of 2^63 - 1 is none');
});

await t.test('a server with many cores is read whole', async (t) => {
  const sample = parseLine(await sampleAfterOneSecond(t, 'server'));
  t.equal(sample.cpu.n, 63);
  t.equal(sample.cpu.core.length, 64);
  t.equal(sample.cpu.core[17], null, 'a core that is offline keeps its place');
  t.same(sample.cpu.core[5], [0.4], 'sampler invariant 6: an iowait that ran backwards counts as 0');
  t.same(
    Object.keys(sample.fs),
    ['/', '/boot/efi', '/srv', '/tank'],
    'no bind mounts, overlays, shares, and one entry for a pool',
  );
  t.same(
    Object.keys(sample.disk),
    ['nvme0n1', 'nvme1n1', 'nvme2n1', 'nvme3n1', 'sda', 'sdae', 'md1', 'md12'],
    'names that begin alike are told apart',
  );
  t.same(Object.keys(sample.net), ['eno1np0', 'eno2np1', 'bond0', 'docker0'], 'no cables of containers');
  t.equal(sample.net.eno1np0[0], 98_765_432_109_876, 'a large counter keeps its last digit');
  t.same(sample.psi.io, [98_765.432, 87_654.321]);
  t.same(sample.temp.nvme2, 43.9, 'several drives go by their device');
  t.notOk('nct6798' in sample.temp, 'a probe that is not connected says -128 °C');
});

await t.test('a container has few keys, and no errors', async (t) => {
  const sample = parseLine(await sampleAfterOneSecond(t, 'container'));
  t.same(Object.keys(sample), ['t', 'up', 'cpu', 'load', 'mem', 'swap', 'fs', 'net', 'proc']);
  t.same(Object.keys(sample.fs), ['/']);
  t.same(sample.cpu.util, { user: 0.25, system: 0.1, idle: 0.6, steal: 0.05 });
});

await t.test('the line of an ordinary machine stays under 1 KiB', async (t) => {
  const pi = await sampleAfterOneSecond(t, 'raspberry-pi');
  t.ok(
    Buffer.byteLength(pi) < 1024,
    `four cores, two disks, three file systems, sensors: ${Buffer.byteLength(pi)}`,
  );
  const laptop = parseLine(await sampleAfterOneSecond(t, 'laptop'));
  const { temp, fan, ...ordinary } = laptop;
  t.equal(Object.keys(temp).length + Object.keys(fan).length, 7, 'a laptop has many sensors');
  const bytes = Buffer.byteLength(JSON.stringify(ordinary));
  t.ok(bytes < 1024, `eight busy cores, two disks, two interfaces, three file systems: ${bytes}`);
});

await t.test(
  'sampler invariant 1 and 2: a mount that hangs neither stops sampling nor takes more than two threads',
  async (t) => {
    const root = layOutMachine(t, 'server');
    const asked: string[] = [];
    const release: (() => void)[] = [];
    let isBack = false;
    const statfs: StatFs = (mountPoint) => {
      const path = String(mountPoint);
      asked.push(path);
      return !isBack && ['/srv', '/tank'].includes(path)
        ? new Promise((resolve) => release.push(() => resolve(fixtureStatfs(path))))
        : fixtureStatfs(path);
    };
    let monotonicMs = 0;
    const clock = {
      ...fakeClock(),
      now: () => AT_MS,
      monotonic: () => monotonicMs,
      sleep: () => Promise.resolve(),
    };
    await using sampler = await startSampler({ root, platform: 'linux', statfs, clock });
    const sample = await until(
      async () => {
        const taken = parseLine(sampler.sample(AT_MS));
        return Object.keys(taken.fs ?? {}).length === 2 && taken;
      },
      { timeoutMs: 5000, what: 'the file systems that do not hang' },
    );
    t.same(Object.keys(sample.fs), ['/', '/boot/efi'], 'the others are left out');
    t.same(asked, ['/', '/boot/efi', '/srv', '/tank'], 'with two calls out, nothing else is asked');
    for (let round = 0; round < 20; round++) {
      monotonicMs += 10_000;
      t.ok(parseLine(sampler.sample(AT_MS)).cpu);
    }
    t.equal(asked.length, 4, 'nothing is asked while both hang');
    t.notOk('fs' in parseLine(sampler.sample(AT_MS)), 'values that are too old are left out');
    isBack = true;
    for (const one of release) one();
    const again = await until(
      async () => {
        monotonicMs += 10_000;
        const taken = parseLine(sampler.sample(AT_MS));
        return Object.keys(taken.fs ?? {}).length === 4 && taken;
      },
      { timeoutMs: 5000, what: 'the file systems to be back' },
    );
    t.ok(again.fs['/'], 'when the drive answers again, all goes on');
  },
);

await t.test('sampler invariant 1: a sensor that hangs does not stop sampling', async (t) => {
  const root = layOutMachine(t, 'raspberry-pi');
  const sensor = join(root, 'sys/class/hwmon/hwmon1/temp1_input');
  rmSync(sensor);
  execFileSync('mkfifo', [sensor]); // opening it waits for a writer
  // Before the tree is removed; otherwise the read would wait for ever.
  using _release = { [Symbol.dispose]: () => closeSync(openSync(sensor, 'r+')) };
  const clock = { ...fakeClock(), now: () => AT_MS, monotonic: () => 0, sleep: () => Promise.resolve() };
  await using sampler = await startSampler({ root, platform: 'linux', statfs: fixtureStatfs, clock });
  const sample = await until(
    async () => {
      const taken = parseLine(sampler.sample(AT_MS));
      return taken.temp !== undefined && taken;
    },
    { timeoutMs: 5000, what: 'the sensor before the one that hangs' },
  );
  t.same(sample.temp, { cpu_thermal: 52.5 });
  t.ok(sample.cpu.n);
  for (let i = 0; i < 10; i++) await readFile(join(root, 'sys/class/hwmon/hwmon2/fan1_input'));
  t.notOk('fan' in parseLine(sampler.sample(AT_MS)), 'sampler invariant 2: no second read is out meanwhile');
});

await t.test('a new mount is found, and one that is gone disappears', async (t) => {
  const root = layOutMachine(t, 'container');
  let monotonicMs = 0;
  const clock = {
    ...fakeClock(),
    now: () => AT_MS,
    monotonic: () => monotonicMs,
    sleep: () => Promise.resolve(),
  };
  await using sampler = await startSampler({ root, platform: 'linux', statfs: fixtureStatfs, clock });
  const mount = '700 1 8:33 / /mnt/usb\\040stick rw - ext4 /dev/sdc1 rw\n';
  writeFileSync(join(root, 'proc/self/mountinfo'), mount);
  const fs = await until(
    async () => {
      monotonicMs += 10_000;
      const taken = parseLine(sampler.sample(AT_MS));
      return '/mnt/usb stick' in (taken.fs ?? {}) && taken.fs;
    },
    { timeoutMs: 5000, what: 'the new mount' },
  );
  t.same(Object.keys(fs), ['/mnt/usb stick']);
});

await t.test('sampler invariant 3: a file that is missing costs its own key', async (t) => {
  const keys: readonly (readonly [string, string])[] = [
    ['uptime', 'up'],
    ['loadavg', 'load'],
    ['meminfo', 'mem'],
    ['vmstat', 'paging'],
    ['pressure', 'psi'],
    ['diskstats', 'disk'],
    ['self/net', 'net'],
    ['self/mountinfo', 'fs'],
    ['sys/fs/file-nr', 'fd'],
    ['sys/kernel', 'boot'],
  ];
  for (const [file, key] of keys) {
    const root = layOutMachine(t, 'laptop');
    rmSync(join(root, 'proc', file), { recursive: true });
    await using sampler = await startSampler({ root, platform: 'linux', statfs: fixtureStatfs });
    const sample = parseLine(sampler.sample(AT_MS));
    t.notOk(key in sample, `no ${file}, no ${key}`);
    t.ok(Object.keys(sample).length >= 12, 'the rest is there');
  }
  const root = layOutMachine(t, 'laptop');
  rmSync(join(root, 'proc/stat'));
  await using sampler = await startSampler({ root, platform: 'linux', statfs: fixtureStatfs });
  t.same(parseLine(sampler.sample(AT_MS)).cpu, {}, 'cpu itself stays: it marks a sample');
});

await t.test('sampler invariant 6: cores that come and go, and an interval of nothing', async (t) => {
  const root = layOutMachine(t, 'container');
  const stat = join(root, 'proc/stat');
  await using sampler = await startSampler({ root, platform: 'linux', statfs: fixtureStatfs });
  t.same(
    Object.keys(parseLine(sampler.sample(AT_MS)).cpu),
    ['n', 'time'],
    'nothing passed, so nothing is said',
  );
  writeFileSync(stat, 'cpu  200 0 0 200 0 0 0 0\ncpu0 100 0 0 100 0 0 0 0\ncpu3 100 0 0 100 0 0 0 0\n');
  const fewer = parseLine(sampler.sample(AT_MS)).cpu;
  t.equal(fewer.n, 2, 'the counters went back, to those of other cores');
  writeFileSync(stat, 'cpu  300 0 0 300 0 0 0 0\ncpu0 150 0 0 150 0 0 0 0\ncpu3 150 0 0 150 0 0 0 0\n');
  const later = parseLine(sampler.sample(AT_MS)).cpu;
  t.same(later.util, { user: 0.5, idle: 0.5 });
  t.same(later.core, [[0.5], null, null, [0.5]]);
});

await t.test('this machine is sampled truly', { skip: process.platform !== 'linux' }, async (t) => {
  await using sampler = await startSampler();
  const end = performance.now() + 50;
  const sample = await until(
    async () => {
      const taken = parseLine(sampler.sample(Date.now()));
      return performance.now() > end && taken.cpu.util !== undefined && taken;
    },
    { timeoutMs: 5000, what: 'a tick of the kernel' },
  );
  t.equal(sample.cpu.n, cpus().length);
  t.equal(sample.mem.total, totalmem());
  t.ok(sample.mem.avail > 0 && sample.mem.avail <= sample.mem.total);
  const shares: number[] = Object.values(sample.cpu.util);
  t.ok(
    Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 0.01,
    'the shares of the modes are 1 together',
  );
  t.ok(sample.proc.n > 0);
  t.ok(sample.up > 0);
});
