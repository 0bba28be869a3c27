import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readValues } from '../../../receiver/history/read-values.ts';
import type { FilesystemSpace } from '../../../sender/sampler/linux/space.ts';
import { startSampler } from '../../../sender/sampler/sampler.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { fixtureStatfs, layOutMachine, parseLine } from './lay-out-machine.ts';

const CASES = join(import.meta.dirname, '../../fixtures/cases');
const AT_MS = Date.parse('2026-11-20T22:00:00.000Z');

/**
 * What a tree is made of besides the container's: contents by path; undefined takes the file away.
 */
type Files = Readonly<Record<string, string | Buffer | undefined>>;

function layOut(t: Test, files: Files): string {
  const root = mkdtempSync(join(layOutMachine(t, 'container'), 'machine-'));
  cpSync(join(import.meta.dirname, '../../fixtures/proc/container'), root, { recursive: true });
  change(root, files);
  return root;
}

function change(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(join(file, '..'), { recursive: true });
    if (content === undefined) rmSync(file, { recursive: true, force: true });
    else writeFileSync(file, content);
  }
}

function fileOf(name: string): Buffer {
  return readFileSync(join(CASES, name));
}

type Statfs = (path: string | Buffer) => Promise<FilesystemSpace>;

async function sampleOf(root: string, statfs: Statfs = fixtureStatfs) {
  await using sampler = await startSampler({ root, platform: 'linux', statfs });
  return parseLine(sampler.sample(AT_MS));
}

/** Two samples a second apart, and what history makes of them. */
async function seriesOf(root: string, later: Files): Promise<ReadonlyMap<string, number>> {
  await using sampler = await startSampler({ root, platform: 'linux', statfs: fixtureStatfs });
  const counters = parseLine(sampler.sample(AT_MS));
  change(root, later);
  const sample = parseLine(sampler.sample(AT_MS + 1000));
  const values = new Map<string, number>();
  readValues({ sample, past: [{ counters, seconds: 1 }] }, (name, value) => values.set(name, value));
  return values;
}

function mount(
  device: string,
  root: string,
  at: string,
  type: string,
  source: string,
  options = 'rw',
): string {
  return `40 27 ${device} ${root} ${at} rw,relatime shared:1 - ${type} ${source} ${options}\n`;
}

const GIB = 2 ** 30;

function space(blocks: number, free: number): FilesystemSpace {
  return { bsize: 4096, blocks, bfree: free, bavail: free, files: 0, ffree: 0 };
}

await t.test('files that are mounted into a container are no file systems', async (t) => {
  const mountinfo = fileOf('container-files/mountinfo');
  t.same(Object.keys((await sampleOf(layOut(t, { 'proc/self/mountinfo': mountinfo }))).fs), ['/']);

  const table = [
    mountinfo,
    mount('8:2', '/volumes/data.db', '/srv/data.db', 'ext4', '/dev/sda2'),
    mount('8:33', '/secret', '/srv/secret', 'ext4', '/dev/sdc1'),
  ];
  const root = layOut(t, { 'proc/self/mountinfo': table.join(''), 'srv/data.db/x': '', 'srv/secret': 'x' });
  t.same(
    Object.keys((await sampleOf(root)).fs),
    ['/', '/srv/data.db'],
    'what lies there decides, not the name; another mount of the same device takes the place of a file',
  );
});

await t.test('a pool of ZFS is one entry, whatever it holds', async (t) => {
  const root = layOut(t, { 'proc/self/mountinfo': fileOf('zfs-datasets/mountinfo') });
  const full = await sampleOf(root, () => Promise.resolve(space(1000, 10)));
  t.same(Object.keys(full.fs), ['/', '/tank', '/srv/backup']);
  t.notOk(full.cut, 'so nothing is left out');
  t.same(full.fs['/srv/backup'], [990 * 4096, 10 * 4096]);

  const datasets = [
    mount('0:30', '/', '/tank', 'zfs', 'tank'),
    mount('0:31', '/', '/tank/media', 'zfs', 'tank/media'),
    mount('0:32', '/', '/tank/media@old', 'zfs', 'tank/media@old'),
    mount('0:33', '/', '/var/lib/docker/zfs/graph/a', 'zfs', 'tank/docker/a'),
    mount('0:34', '/', '/var/lib/docker/zfs/graph/b', 'zfs', 'tank/docker/b'),
  ];
  const held: Readonly<Record<string, number>> = {
    '/tank': 1,
    '/tank/media': 700,
    '/var/lib/docker/zfs/graph/a': 50,
  };
  const { fs } = await sampleOf(layOut(t, { 'proc/self/mountinfo': datasets.join('') }), (path) => {
    const used = held[String(path)] ?? 60;
    return Promise.resolve(space(used + 200, 200));
  });
  t.same(
    fs,
    { '/tank': [761 * 4096, 200 * 4096] },
    'it holds what its datasets hold; clones of containers share theirs, so the largest counts',
  );
});

await t.test('the subvolumes of a btrfs are one entry', async (t) => {
  const table = [
    mount('0:40', '/@', '/', 'btrfs', '/dev/sda2'),
    mount('0:41', '/@home', '/home', 'btrfs', '/dev/sda2'),
    mount('0:40', '/@var', '/var', 'btrfs', '/dev/sda3'),
  ];
  const { fs } = await sampleOf(layOut(t, { 'proc/self/mountinfo': table.join('') }));
  t.same(Object.keys(fs), ['/']);
});

await t.test(
  'of more than 64 file systems the root, the machine’s own and the largest are kept',
  async (t) => {
    const containers = Array.from({ length: 90 }, (_, index) =>
      mount(
        `253:${index}`,
        '/',
        `/var/lib/docker/devicemapper/mnt/${index}`,
        'ext4',
        `/dev/mapper/docker-${index}`,
      ),
    );
    const disks = Array.from({ length: 70 }, (_, index) =>
      mount(`8:${index}`, '/', `/srv/${index}`, 'xfs', `/dev/sd${index}`),
    );
    const table = [...containers, ...disks, mount('259:1', '/', '/', 'ext4', '/dev/nvme0n1p1')];
    const { fs, cut } = await sampleOf(layOut(t, { 'proc/self/mountinfo': table.join('') }), (path) =>
      Promise.resolve(
        String(path).startsWith('/srv/') ? space(1000 + Number(String(path).slice(5)), 10) : space(1e6, 10),
      ),
    );
    t.equal(Object.keys(fs)[0], '/');
    t.same(Object.keys(fs).slice(1, 4), ['/srv/69', '/srv/68', '/srv/67']);
    t.equal(Object.keys(fs).length, 64);
    t.equal(cut.fs, 161 - 64);
  },
);

await t.test(
  'a small file system that is nearly full is kept, however many large ones there are',
  async (t) => {
    const disks = Array.from({ length: 90 }, (_, index) =>
      mount(`8:${index}`, '/', `/srv/${index}`, 'xfs', `/dev/sd${index}`),
    );
    const small = [
      mount('259:2', '/', '/var', 'ext4', '/dev/nvme0n1p2'),
      mount('259:3', '/', '/mail', 'ext4', '/dev/nvme0n1p3'),
      mount('259:4', '/', '/image', 'ext4', '/dev/nvme0n1p4', 'ro'),
    ];
    const { fs } = await sampleOf(
      layOut(t, { 'proc/self/mountinfo': [...disks, ...small].join('') }),
      (path) => {
        if (path === '/mail') return Promise.resolve({ ...space(1000, 900), files: 100, ffree: 5 });
        return Promise.resolve(String(path).startsWith('/srv/') ? space(1e6, 9e5) : space(1000, 10));
      },
    );
    t.same(Object.keys(fs).slice(0, 3).sort(), ['/mail', '/srv/0', '/var']);
    t.notOk('/image' in fs, 'what is only read does not fill');
  },
);

await t.test('a mount that lies below a later mount is not measured', async (t) => {
  const line = (id: number, parent: number, device: string, at: string, type: string, source: string) =>
    `${id} ${parent} ${device} / ${at} rw - ${type} ${source} rw\n`;
  const table = [
    line(22, 1, '8:1', '/', 'ext4', '/dev/sda1'),
    line(30, 22, '8:17', '/mnt/disk', 'xfs', '/dev/sdb1'),
    line(31, 30, '8:33', '/mnt/disk/deep', 'xfs', '/dev/sdc1'),
    line(32, 22, '8:49', '/mnt-2/disk', 'xfs', '/dev/sdd1'),
    line(33, 22, '0:50', '/mnt', 'tmpfs', 'tmpfs'),
    line(34, 33, '8:65', '/mnt/new', 'xfs', '/dev/sde1'),
    line(35, 22, '8:33', '/srv/elsewhere/deep', 'xfs', '/dev/sdc1'),
    // Another mount at the same place does not hide what is mounted on it.
    line(36, 22, '0:51', '/data', 'autofs', 'systemd-1'),
    line(37, 36, '8:81', '/data', 'ext4', '/dev/sdf1'),
    line(38, 37, '8:97', '/data/sub', 'ext4', '/dev/sdg1'),
  ];
  const { fs } = await sampleOf(layOut(t, { 'proc/self/mountinfo': table.join('') }));
  const seen = ['/', '/data', '/data/sub', '/mnt-2/disk', '/mnt/new', '/srv/elsewhere/deep'];
  t.same(Object.keys(fs).sort(), seen);
});

await t.test('a mount point that is not UTF-8 is measured under its own bytes', async (t) => {
  const name = Buffer.from('/srv/caf\xe9 \u00fc', 'latin1');
  const line = Buffer.concat([
    Buffer.from('40 27 8:1 / '),
    Buffer.from(name.toString('latin1').replaceAll(' ', '\\040'), 'latin1'),
    Buffer.from(' rw - ext4 /dev/sda1 rw\n'),
  ]);
  const asked: unknown[] = [];
  const { fs } = await sampleOf(layOut(t, { 'proc/self/mountinfo': line }), (path) => {
    asked.push(path);
    return fixtureStatfs('/');
  });
  t.same(asked, [name]);
  t.same(Object.keys(fs), ['/srv/caf\\xe9 \\xfc']);
});

await t.test(
  'read-only is what the machine has mounted read-only, not what the unit of the sender has',
  async (t) => {
    const line = (at: string, own: string, superOptions: string, device: string) =>
      `40 27 ${device} / ${at} ${own},relatime shared:1 - ext4 /dev/sd${at.slice(1)} ${superOptions}\n`;
    const strict = [
      line('/', 'ro', 'rw', '8:1'),
      line('/srv', 'ro', 'rw', '8:2'),
      line('/broken', 'ro', 'ro,errors=remount-ro', '8:3'),
      line('/fading', 'ro', 'rw,emergency_ro', '8:4'),
    ].join('');
    t.same(
      (await sampleOf(layOut(t, { 'proc/self/mountinfo': strict }))).ro,
      ['/broken', '/fading'],
      'without the host’s table the file system itself says so',
    );
    const host = [
      line('/', 'rw', 'rw', '8:1'),
      line('/srv', 'ro', 'rw', '8:2'),
      line('/broken', 'rw', 'ro', '8:3'),
    ];
    const files = { 'proc/self/mountinfo': strict, 'proc/1/mountinfo': host.join('') };
    t.same((await sampleOf(layOut(t, files))).ro, ['/srv', '/broken', '/fading']);
    const other = { ...files, 'proc/1/mountinfo': line('/srv', 'ro', 'rw', '9:9') };
    t.same(
      (await sampleOf(layOut(t, other))).ro,
      ['/broken', '/fading'],
      'another file system at the same place',
    );
  },
);

await t.test('a container whose figures are those of its host uses no less than nothing', async (t) => {
  const { mem } = await sampleOf(layOut(t, { 'proc/meminfo': fileOf('lxc-meminfo/meminfo') }));
  t.same(mem, { total: GIB / 2, avail: GIB / 2, cache: (524_288 - 300_000) * 1024 });
  const usual =
    'MemTotal: 1000 kB\nMemFree: 300 kB\nMemAvailable: 9000 kB\nCached: 200 kB\nSReclaimable: 5000 kB\n';
  const swap = 'SwapTotal: 100 kB\nSwapFree: 5000 kB\n';
  const sample = await sampleOf(layOut(t, { 'proc/meminfo': usual + swap }));
  t.same(
    sample.mem,
    { total: 1_024_000, avail: 500 * 1024, cache: 200 * 1024 },
    'free and cache are its own',
  );
  t.notOk('swap' in sample, 'more free than there is: not known');
});

await t.test('the cache of ZFS is not memory that is used', async (t) => {
  const files = {
    'proc/meminfo': fileOf('zfs-arc/meminfo'),
    'proc/spl/kstat/zfs/arcstats': fileOf('zfs-arc/arcstats'),
  };
  const { mem } = await sampleOf(layOut(t, files));
  const arc = 30_064_771_072 - 1_073_741_824;
  t.same(mem, { total: 32 * GIB, avail: 900_000 * 1024 + arc, cache: 401_000 * 1024 + arc });

  const kernel = { total: 32 * GIB, avail: 900_000 * 1024, cache: 401_000 * 1024 };
  const least = 'size 4 100\nc_min 4 1000\n';
  t.same(
    (await sampleOf(layOut(t, { ...files, 'proc/spl/kstat/zfs/arcstats': least }))).mem,
    kernel,
    'never negative',
  );
  const tooLarge = 'size 4 99999999999\nc_min 4 1\n';
  t.same(
    (await sampleOf(layOut(t, { ...files, 'proc/spl/kstat/zfs/arcstats': tooLarge }))).mem,
    kernel,
    'a cache that does not fit is another machine’s',
  );
  const lxc = mount('0:50', '/proc/meminfo', '/proc/meminfo', 'fuse.lxcfs', 'lxcfs');
  t.same(
    (await sampleOf(layOut(t, { ...files, 'proc/self/mountinfo': lxc }))).mem,
    kernel,
    'nor is the host’s',
  );
});

await t.test('sampler invariant 7: what no machine can have is not known', async (t) => {
  const hwmon = 'sys/class/hwmon/hwmon0';
  const gauges = {
    [`${hwmon}/name`]: 'chip',
    ...Object.fromEntries(
      ['65261850', '-273100', '127000', '-128000', '255500', '41500', 'x'].map((value, index) => [
        `${hwmon}/temp${index}_input`,
        value,
      ]),
    ),
    ...Object.fromEntries(
      ['65535', '-1', '1350000', '0', '29000'].map((value, index) => [`${hwmon}/fan${index}_input`, value]),
    ),
    'proc/sys/fs/file-nr': '99999999999\t0\t9223372036854775807\n',
    'proc/uptime': '99999999999999.00 1.00\n',
    'proc/loadavg': '4294967295.00 0.18 0.12 1/4294967295 11206\n',
    'proc/stat': 'cpu  1 2 3 4\nprocs_running 4294967295\nprocs_blocked 18446744073709551615\n',
    'proc/meminfo':
      'MemTotal: 9000000000000 kB\nMemFree: 1 kB\nMemAvailable: 1 kB\nSwapTotal: 0 kB\nSwapFree: 9 kB\n',
    'proc/diskstats':
      '8 0 sda 1 0 18446744073709551615 4 1 0 16 8 0 12 12\n8 16 sdb 1 0 8 4 1 0 16 8 -1 12 12\n',
    'proc/self/net/dev':
      'eth0: 99999999999999999 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\neth1: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n',
  };
  const impossible = { ...space(1000, 2000), bavail: 10 };
  const sample = await sampleOf(layOut(t, gauges), () => Promise.resolve(impossible));
  t.same(sample.temp, { 'chip #6': 41.5 });
  t.same(Object.values(sample.fan), [0, 29_000]);
  for (const key of ['up', 'load', 'mem', 'fs', 'fd']) t.notOk(key in sample, key);
  t.same(sample.swap, { total: 0, used: 0 }, 'no swap is no fault');
  t.same(sample.proc, { n: 1 });
  t.same(
    Object.keys(sample.disk),
    ['sdb'],
    'a counter that cannot be read is not 0; one below 0 in flight is passed over',
  );
  t.same(Object.keys(sample.net), ['eth1']);
  const { fs } = await sampleOf(layOut(t, {}), () =>
    Promise.resolve({ bsize: 4096, blocks: 100, bfree: 5, bavail: 2 ** 64, files: 10, ffree: 20 }),
  );
  t.same(
    fs['/'],
    [95 * 4096, 0, 5 * 4096],
    'fewer than none free for users, and more inodes free than there are',
  );
});

await t.test('bytes that pass a bond, a bridge and a VLAN count once', async (t) => {
  const heading = 'Inter-|\n face |\n';
  const names = ['lo', 'eno1', 'eno2', 'bond0', 'vmbr0', 'vmbr0.20'];
  const row = (name: string, bytes: number) =>
    `${name}: ${bytes} 1000 0 0 0 0 0 0 ${bytes} 1000 0 0 0 0 0 0\n`;
  const before = names.map((name) => row(name, name.startsWith('eno') ? 1_000_000 : 2_000_000)).join('');
  const after = fileOf('net-stacked/dev.after');
  const root = layOut(t, { 'proc/self/net/dev': heading + before });
  const values = await seriesOf(root, { 'proc/self/net/dev': after });
  t.equal(values.get('net.rx'), 100e6, 'by their names, where there is no /sys');
  t.equal(values.get('net.tx'), 100e6);
  t.equal(values.get('net.rx:bond0'), 100e6, 'each is still shown');
});

/**
 * A tree with `/sys` as the kernel makes it: `links` are what stands in the directory of an
 * interface.
 */
function withInterfaces(
  t: Test,
  interfaces: Readonly<Record<string, readonly string[]>>,
  more: Files = {},
): string {
  const rows = Object.keys(interfaces).map((name) => `${name}: 1000 10 0 0 0 0 0 0 1000 10 0 0 0 0 0 0\n`);
  const root = layOut(t, { 'proc/self/net/dev': rows.join(''), ...more });
  for (const [name, links] of Object.entries(interfaces)) {
    mkdirSync(join(root, 'sys/class/net', name), { recursive: true });
    for (const link of links) symlinkSync('../nowhere', join(root, 'sys/class/net', name, link));
  }
  return root;
}

await t.test('/sys says which interfaces stand on others, whatever they are called', async (t) => {
  const machine = {
    lan: ['device', 'master'],
    wan: ['device'],
    uplink: ['lower_lan'],
    office: ['lower_uplink'],
    'br-guest': ['lower_vport'],
    tunnel: [],
    docker0: [],
    vnet3: ['master'],
    'vif1.0': ['device'],
  };
  const { stacked } = await sampleOf(withInterfaces(t, machine));
  t.same(stacked.net, ['uplink', 'office', 'br-guest', 'tunnel', 'docker0', 'vnet3', 'vif1.0']);
  t.same((await sampleOf(withInterfaces(t, { br0: ['device'], eth0: ['device'] }))).stacked, { net: [] });
});

await t.test('a container without a card counts the end of its own cable', async (t) => {
  t.notOk('stacked' in (await sampleOf(withInterfaces(t, { eth0: [] }))));
  const nested = { eth0: [], docker0: ['lower_veth1'], veth1: ['master'], wg0: [] };
  const sample = await sampleOf(withInterfaces(t, nested));
  t.same(sample.stacked.net, ['docker0', 'wg0']);
  t.notOk('veth1' in sample.net);
  const alone = await sampleOf(withInterfaces(t, { veth1: [] }));
  t.same(Object.keys(alone.net), ['veth1'], 'unless there is nothing else');
  t.notOk('stacked' in alone);
});

await t.test(
  'of more than 64 interfaces the cards are kept, then what stands on them, then the busiest',
  async (t) => {
    const cables = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`cali${index}`, []]));
    const machine = { ...cables, cni0: ['lower_x'], eth0: ['device'], eth1: ['device'] };
    const sample = await sampleOf(withInterfaces(t, machine));
    t.same(Object.keys(sample.net).slice(0, 3), ['eth0', 'eth1', 'cni0']);
    t.equal(Object.keys(sample.net).length, 64);
    t.equal(sample.cut.net, 103 - 64);
    t.equal(sample.stacked.net.length, 62, 'only what is in the line');
  },
);

await t.test('an array and its members count once, and so do paths to one drive', async (t) => {
  const line = (name: string, sectors: number) => `8 0 ${name} ${sectors} 0 ${sectors} 4 1 0 16 8 0 12 12\n`;
  const names = [
    'sda',
    'sda1',
    'sdb',
    'md0',
    'bcache0',
    'nvme0c0n1',
    'nvme0n1',
    'zd0',
    'dm-0',
    'loop0',
    'zram0',
    'fast0',
  ];
  const table = (sectors: number) => names.map((name) => line(name, sectors)).join('');
  const root = layOut(t, { 'proc/diskstats': table(1000), 'sys/block/sda/slaves/.keep': undefined });
  for (const [name, slaves] of Object.entries({ sda: [], sdb: [], md0: ['sda', 'sdb'], fast0: ['md0'] })) {
    mkdirSync(join(root, 'sys/block', name, 'slaves'), { recursive: true });
    for (const slave of slaves) symlinkSync('../nowhere', join(root, 'sys/block', name, 'slaves', slave));
  }
  const values = await seriesOf(root, { 'proc/diskstats': table(3000) });
  t.equal(values.get('disk.read'), 3 * 2000 * 512, 'sda, sdb and the path to the NVMe drive');
  t.equal(values.get('disk.read:md0'), 2000 * 512);
});

/** Samples with a clock of their own, and what the kernel has summed up at each. */
async function pressureAt(t: Test, times: readonly number[], kernel: (seconds: number) => number) {
  const clock = fakeClock();
  const root = layOut(t, { 'proc/pressure/io': pressure(kernel(0)) });
  await using sampler = await startSampler({ root, platform: 'linux', statfs: fixtureStatfs, clock });
  const sums: number[] = [];
  for (const [index, at] of times.entries()) {
    await clock.advance((at - (times[index - 1] ?? 0)) * 1000);
    change(root, { 'proc/pressure/io': pressure(kernel(at)) });
    sums.push(parseLine(sampler.sample(clock.now())).psi.io[0]);
  }
  return sums
    .slice(1)
    .map((sum, index) => (sum - (sums[index] ?? 0)) / ((times[index + 1] ?? 0) - (times[index] ?? 0)));
}

function pressure(seconds: number): string {
  const micros = Math.round(seconds * 1e6);
  return `some avg10=95.00 avg60=95.00 avg300=95.00 total=${micros}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`;
}

await t.test('pressure that lasts is even at every interval, and never above 100 %', async (t) => {
  const byTwo = (seconds: number) => 1000 + Math.floor((seconds + 1.3) / 2.004) * 2.004 * 0.95;
  const every = (seconds: number) =>
    Array.from({ length: Math.ceil(200 / seconds) }, (_, index) => index * seconds);
  for (const seconds of [0.5, 1, 2]) {
    const rates = await pressureAt(t, every(seconds), byTwo);
    t.ok(Math.min(...rates) > 0.9 && Math.max(...rates) <= 1.001, `every ${seconds} s: ${rates.slice(0, 8)}`);
  }
  for (const seconds of [1.5, 5, 10]) {
    const rates = await pressureAt(t, every(seconds), byTwo);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    t.ok(Math.max(...rates) <= 1.001 && Math.min(...rates) > 0.6, `every ${seconds} s: ${rates.slice(0, 8)}`);
    t.ok(Math.abs(mean - 0.95) < 0.01, `${mean} on average`);
  }
});

await t.test('pressure that ends is seen to end, and all of it is counted', async (t) => {
  const kernel = (seconds: number) => 1000 + Math.min(60, Math.floor(seconds / 2.004) * 2.004) * 0.95;
  const rates = await pressureAt(
    t,
    Array.from({ length: 120 }, (_, index) => index),
    kernel,
  );
  t.same(new Set(rates.slice(70).map((rate) => Math.round(rate * 1000))), new Set([0]));
  const counted = rates.reduce((sum, rate) => sum + rate, 0);
  t.ok(Math.abs(counted - 60 * 0.95) < 2.1, `${counted} s`);
});

await t.test('processes that are hidden are not counted as none', async (t) => {
  const { proc } = await sampleOf(layOut(t, { 'proc/1': undefined, 'proc/4711/stat': '' }));
  t.notOk('n' in proc, 'with hidepid there is no process 1');
  t.ok('run' in proc, 'what is known without looking at processes stays');
});
