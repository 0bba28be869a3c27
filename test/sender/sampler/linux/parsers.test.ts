import t from 'tap';
import { numberAfter, wholeNumber } from '../../../../sender/sampler/linux/numbers.ts';
import { parseAuxv } from '../../../../sender/sampler/linux/parse-auxv.ts';
import { parseDiskstats } from '../../../../sender/sampler/linux/parse-diskstats.ts';
import { parseFileNr } from '../../../../sender/sampler/linux/parse-file-nr.ts';
import { parseLoadavg } from '../../../../sender/sampler/linux/parse-loadavg.ts';
import { parseMeminfo } from '../../../../sender/sampler/linux/parse-meminfo.ts';
import { parseMountinfo } from '../../../../sender/sampler/linux/parse-mountinfo.ts';
import { parseNetDev } from '../../../../sender/sampler/linux/parse-net-dev.ts';
import { parsePidStat } from '../../../../sender/sampler/linux/parse-pid-stat.ts';
import { parsePressure } from '../../../../sender/sampler/linux/parse-pressure.ts';
import { parseStat } from '../../../../sender/sampler/linux/parse-stat.ts';
import { parseUptime } from '../../../../sender/sampler/linux/parse-uptime.ts';
import { selectMounts } from '../../../../sender/sampler/linux/select-mounts.ts';

const from = (text: string) => Buffer.from(text);

await t.test('a number beyond 2^53 is none, rather than a wrong one', (t) => {
  t.equal(wholeNumber('9007199254740991'), 9_007_199_254_740_991);
  t.same(wholeNumber('9007199254740993'), Number.NaN);
  t.same([wholeNumber(''), wholeNumber(undefined)], [Number.NaN, Number.NaN]);
  t.equal(numberAfter('MemFree: 9007199254740993 kB\n', 'MemFree:'), undefined);
  t.end();
});

await t.test('a key counts only at the beginning of a line', (t) => {
  t.equal(numberAfter('SwapCached: 1 kB\nCached: 2 kB\n', 'Cached:'), 2);
  t.equal(numberAfter('SwapCached: 1 kB\n', 'Cached:'), undefined);
  t.equal(numberAfter('Cached: kB\n', 'Cached:'), undefined);
  t.end();
});

await t.test(
  'parseStat() takes the columns of an old kernel for zeros, and nothing for a core without numbers',
  (t) => {
    const stat = parseStat(from('cpu  1 2 3 4\ncpu0 1 2 3 4\ncpu1\ncpu99999 1 2 3 4\nprocs_running 7\n'));
    t.same(stat?.total, [4, 1, 3, 0, 0, 0, 2, 0], 'idle, user, system, …, nice');
    t.same(stat?.cores, [[4, 1, 3, 0, 0, 0, 2, 0]]);
    t.equal(stat?.online, 1);
    t.equal(stat?.running, 7);
    t.equal(parseStat(from('intr 1 2 3\n')), undefined);
    t.equal(parseStat(from('')), undefined);
    t.end();
  },
);

await t.test('parseMeminfo() makes up for a kernel that does not say what is available', (t) => {
  const { memory, swap } = parseMeminfo(
    from('MemTotal: 100 kB\nMemFree: 20 kB\nBuffers: 5 kB\nCached: 30 kB\n'),
  );
  t.same(memory, { total: 102_400, avail: 55 * 1024, cache: 35 * 1024 });
  t.equal(swap, undefined);
  const inMemory = 'MemTotal: 100 kB\nMemFree: 5 kB\nCached: 90 kB\nShmem: 80 kB\n';
  t.equal(parseMeminfo(from(inMemory)).memory?.avail, 15 * 1024, 'files in memory cannot be given back');
  t.end();
});

await t.test('parseLoadavg(), parseUptime() and parseFileNr() refuse what they do not know', (t) => {
  t.same(parseLoadavg(from('0.20 0.18 0.12 1/80 11206\n')), { load: [0.2, 0.18, 0.12], threads: 80 });
  t.equal(parseLoadavg(from('nan nan nan 1/80 1\n')), undefined);
  t.equal(parseUptime(from('350735.47 234388.90\n')), 350_735.47);
  t.equal(parseUptime(from('soon\n')), undefined);
  t.same(parseFileNr(from('944\t0\t1048576\n')), { used: 944, max: 1_048_576 });
  t.same(parseFileNr(from('944\t0\t9223372036854775807\n')), { used: 944, max: undefined });
  t.equal(parseFileNr(from('\n')), undefined);
  t.end();
});

await t.test('parsePressure() reads seconds, also from a kernel without a full line', (t) => {
  const some = 'some avg10=1.00 avg60=0.50 avg300=0.10 total=2500000\n';
  t.same(parsePressure(from(some)), [2.5, 0]);
  t.same(parsePressure(from(`${some}full avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n`)), [2.5, 1.5]);
  t.equal(parsePressure(from('full avg10=0.00 avg60=0.00 avg300=0.00 total=1\n')), undefined);
  t.end();
});

await t.test('parseDiskstats() tells disks from partitions by the rule of the kernel', (t) => {
  const used = '1 0 8 4 1 0 16 8 0 12 12';
  const names = [
    'sda',
    'sda1',
    'sda12',
    'sdaa',
    'sdaa1',
    'md1',
    'md1p1',
    'md12',
    'nvme0n1',
    'nvme0n1p3',
    'nvme0n12',
  ];
  const table = [...names, 'mmcblk0', 'mmcblk0p2', 'mmcblk0boot0', 'dm-0', 'loop1', 'zram0', 'sr0', 'vda'];
  const disks = parseDiskstats(from(table.map((name) => `   8       0 ${name} ${used}\n`).join('')));
  t.same(
    disks.map((disk) => disk.name),
    ['sda', 'sdaa', 'md1', 'md12', 'nvme0n1', 'nvme0n12', 'mmcblk0', 'vda'],
  );
  t.same(disks[0]?.values, [4096, 8192, 1, 1, 0.004, 0.008, 0.012]);
  t.same(
    parseDiskstats(from('   8       0 sdb 0 0 0 0 0 0 0 0 0 0 0\n')),
    [],
    'a disk never used is not listed',
  );
  t.same(parseDiskstats(from('   8       0 sdb 1 2 3\n')), [], 'nor one whose line is cut off');
  t.end();
});

await t.test('parseNetDev() reads names with and without a space after the colon', (t) => {
  const table =
    'Inter-| Receive\n face |bytes\n  eth0:1 2 3 4 5 6 7 8 9 10 11 12 13\n eth0.7: 1 2 3 4 5 6 7 8 9 10 11 12 13\n';
  const interfaces = parseNetDev(from(`${table}    lo: 1 2 3 4 5 6 7 8 9 10 11 12\n`));
  t.same(interfaces, [
    { name: 'eth0', values: [1, 9, 2, 10, 3, 11, 4, 12] },
    { name: 'eth0.7', values: [1, 9, 2, 10, 3, 11, 4, 12] },
  ]);
  t.end();
});

await t.test('parseMountinfo() reads escapes, optional fields and read-only mounts', (t) => {
  const [mount] = parseMountinfo(
    '36 35 98:0 /mnt1 /mnt/a\\040b\\134c rw,noatime master:1 shared:2 - ext3 /dev/root ro,errors=continue\n',
  );
  t.same(mount, {
    mountPoint: '/mnt/a b\\c',
    device: '98:0',
    root: '/mnt1',
    type: 'ext3',
    source: '/dev/root',
    isReadOnly: true,
  });
  t.same(parseMountinfo('36 35 98:0 / /mnt rw - \n-\n\nx y z\n'), []);
  t.end();
});

await t.test('selectMounts() takes local storage, each once', (t) => {
  const mount = (mountPoint: string, type: string, source: string, device: string, root = '/') => ({
    mountPoint,
    type,
    source,
    device,
    root,
    isReadOnly: false,
  });
  const chosen = selectMounts([
    mount('/', 'ext4', '/dev/sda1', '8:1'),
    mount('/bind', 'ext4', '/dev/sda1', '8:1', '/home'),
    mount('/var/sub', 'ext4', '/dev/sdb1', '8:17', '/sub'),
    mount('/data/whole', 'ext4', '/dev/sdb1', '8:17'),
    mount('/pool', 'zfs', 'pool', '0:40'),
    mount('/media/pool', 'fuse.mergerfs', '1:2', '0:41'),
    mount('/tmp', 'tmpfs', 'tmpfs', '0:42'),
    mount('/nas', 'nfs4', 'nas:/x', '0:43'),
    mount('/cd', 'iso9660', '/dev/sr0', '11:0'),
    mount('/phone', 'fuse.mtp', '/dev/fuse', '0:44'),
  ]);
  t.same(
    chosen.map((one) => one.mountPoint),
    ['/', '/data/whole', '/pool', '/media/pool'],
  );
  t.same(
    selectMounts([mount('/', 'nfs', 'nas:/root', '0:9')]),
    [],
    'a root on the network would hang with it',
  );
  t.equal(
    selectMounts([mount('/', 'overlay', 'overlay', '0:9')]).length,
    1,
    'the root of a container counts',
  );
  t.end();
});

await t.test('parsePidStat() reads a name with spaces and parentheses, and negative priorities', (t) => {
  const fields =
    'S 1 2 3 0 -1 4194560 10 11 12 13 500 200 14 15 -20 -5 3 0 777 178257920 4242 18446744073709551615';
  t.same(parsePidStat(from(`42 (a) b (c)) ${fields}\n`)), {
    name: 'a) b (c)',
    ticks: 700,
    startedTicks: 777,
    rssPages: 4242,
  });
  t.equal(parsePidStat(from('42 (cut) S 1 2')), undefined);
  t.equal(parsePidStat(from('')), undefined);
  t.end();
});

await t.test('parseAuxv() reads words of eight and of four bytes', (t) => {
  const wide = Buffer.alloc(48);
  for (const [index, word] of [6n, 16_384n, 17n, 250n, 0n, 0n].entries())
    wide.writeBigUInt64LE(word, index * 8);
  const narrow = Buffer.alloc(24);
  for (const [index, word] of [6, 4096, 17, 100, 0, 0].entries()) narrow.writeUInt32LE(word, index * 4);
  t.same(parseAuxv(wide), { pageBytes: 16_384, ticksPerSecond: 250 });
  t.same(parseAuxv(narrow), { pageBytes: 4096, ticksPerSecond: 100 });
  t.same(parseAuxv(Buffer.alloc(3)), { pageBytes: 4096, ticksPerSecond: 100 }, 'what most machines have');
  t.end();
});
