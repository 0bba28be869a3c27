import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import {
  type RunningHistory,
  type StartHistoryOptions,
  startHistory,
} from '../../../receiver/history/start-history.ts';
import type { RuleChange } from '../../../receiver/rules/rules.ts';
import { DEFAULT_RULES } from '../../../shared/config/default-rules.ts';
import { logPaths } from '../../../shared/log/log.ts';
import type { LogWriter } from '../../../shared/log/log-writer.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { workerHanger } from '../../helpers/hang-worker.ts';
import { openWriter, rememberingSealer } from '../../helpers/logs.ts';
import { simulateNode } from '../../helpers/simulated-node.ts';
import { until } from '../../helpers/until.ts';

const DAY_MS = 86_400_000;
const SEVEN = parseNodeName('7');
/** Of yesterday, so that nothing of it is the future. */
const START_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;

function start(root: string, file = 'history.db', more: Partial<StartHistoryOptions> = {}): RunningHistory {
  return startHistory({
    onHung: () => undefined,
    ...{ rules: [], tags: {}, firing: () => [], onRule: () => undefined, onRuleGone: () => undefined },
    logsRoot: join(root, 'logs'),
    path: join(root, file),
    keptMs: [7, 30, 365, 1825].map((days) => days * DAY_MS),
    heapMb: 128,
    log: createLogger('silent'),
    ...more,
  });
}

async function openLog(root: string, segmentBytes = 64 * 1024): Promise<LogWriter> {
  const { sealer } = rememberingSealer();
  return await openWriter(logPaths(join(root, 'logs'), SEVEN), { sealer, segmentBytes }, START_MS);
}

/** Everything that can be asked of the day, at every resolution. */
async function everything(history: RunningHistory): Promise<string> {
  const names = await history.names(SEVEN);
  const ranges = [6, 24, 24 * 14, 24 * 60].map((hours) => ({
    fromMs: START_MS - hours * 3_600_000,
    toMs: START_MS + hours * 3_600_000,
  }));
  const answers = [];
  for (const range of ranges) answers.push(await history.series(SEVEN, names, range, 300));
  return JSON.stringify([names, answers]);
}

/** Lets the network's counters read 0 for one to three samples now and then, as some drivers do. */
function withGlitches(sample: (atMs: number) => string): (atMs: number) => string {
  let samples = 0;
  return (atMs) => {
    const line = sample(atMs);
    samples += 1;
    return samples % 37 < samples % 4 ? line.replace(/"eth0":\[[^\]]*\]/, '"eth0":[]') : line;
  };
}

async function caughtUp(history: RunningHistory, upToMs: number): Promise<void> {
  await until(
    async () => {
      history.moved([SEVEN]);
      return (history.latest().get(SEVEN)?.atMs ?? 0) >= upToMs;
    },
    {
      timeoutMs: 20_000,
      what: () => `the sample of ${upToMs}, last was ${history.latest().get(SEVEN)?.atMs}`,
    },
  );
}

t.test(
  'history that was killed again and again is the same as one that is made from the logs at once',
  async (t) => {
    const root = t.testdir();
    await using writer = await openLog(root);
    const sample = withGlitches(simulateNode(7));
    await using history = start(root);
    let atMs = START_MS;
    for (let round = 0; round < 8; round++) {
      // Long enough for several segments, of which some are sealed by the time they are read.
      for (let n = 0; n < 400; n++) {
        atMs += 5000;
        writer.append(sample(atMs), atMs);
      }
      history.moved([SEVEN]);
      if (round % 2 === 0) await history.kill();
    }
    await caughtUp(history, atMs);
    await using again = start(root, 'again.db');
    await caughtUp(again, atMs);
    t.equal(await everything(history), await everything(again));
    const { series } = await again.series(SEVEN, ['cpu.used'], { fromMs: START_MS, toMs: atMs }, 100);
    t.ok(series['cpu.used']?.mean.filter((value) => value !== null).length, 'and it is not nothing');
    const day = { fromMs: START_MS, toMs: atMs };
    const traffic = (await history.series(SEVEN, ['net.rx'], day, 1000)).series['net.rx']?.max ?? [];
    t.ok(Math.max(...traffic.map(Number)) <= 60_000, 'and no glitch is traffic');
  },
);

t.test('a receiver that has no node yet takes in the first', async (t) => {
  const root = t.testdir();
  await using history = start(root);
  t.equal((await history.state()).lines, 0);
  await using writer = await openLog(root);
  writer.append(simulateNode(1)(START_MS), START_MS);
  await caughtUp(history, START_MS);
  t.equal((await history.state()).lines, 1);
});

t.test('values are those of the log: gauges as they are, counters as rates', async (t) => {
  const root = t.testdir();
  await using writer = await openLog(root);
  const line = (second: number, more: object) =>
    writer.append(
      JSON.stringify({
        t: new Date(START_MS + second * 1000).toISOString(),
        up: 1000 + second,
        boot: 'a',
        cpu: {},
        ...more,
      }),
      START_MS + second * 1000,
    );
  line(0, { net: { eth0: [1000] }, temp: { cpu: 40 } });
  line(1, { net: { eth0: [3000] }, temp: { cpu: 42 } });
  line(2, { net: { eth0: [500] }, temp: { cpu: 'hot' } });
  line(3, { net: { eth0: [1500, 10] }, temp: { cpu: 44 } });
  await using history = start(root);
  await caughtUp(history, START_MS + 3000);
  const day = { fromMs: START_MS, toMs: START_MS + DAY_MS / 4 };
  const { series } = await history.series(
    SEVEN,
    ['net.rx', 'net.tx:eth0', 'temp:cpu', 'temp.hottest'],
    day,
    100,
  );
  const first = (name: string) => {
    const columns = series[name];
    return [columns?.mean[0], columns?.min[0], columns?.max[0]].map((value) => Number(value?.toFixed(0)));
  };
  t.strictSame(first('temp:cpu'), [42, 40, 44], 'what is no number is passed over');
  // 2000, then a counter that began anew and has no rate, then 1000.
  t.strictSame(first('net.rx'), [1500, 1000, 2000]);
  t.strictSame(first('net.tx:eth0'), [3, 0, 10]);
  t.strictSame(history.latest().get(SEVEN)?.values['temp.hottest'], 44);
});

t.test('a window of minutes comes from the log itself, and so do the processes', async (t) => {
  const root = t.testdir();
  await using writer = await openLog(root, 2 ** 30);
  const sample = simulateNode(3);
  const top = { cpu: [{ pid: 9, name: '<b>nine</b>', cpu: 0.5, rss: 4096 }], mem: [] };
  for (let second = 0; second < 1200; second++) {
    const atMs = START_MS + second * 1000;
    writer.append(sample(atMs), atMs);
    if (second === 600) writer.append(JSON.stringify({ t: new Date(atMs).toISOString(), top }), atMs);
  }
  await using history = start(root);
  await caughtUp(history, START_MS + 1199_000);
  const range = { fromMs: START_MS + 600_000, toMs: START_MS + 660_000 };
  const { stepMs, series } = await history.series(SEVEN, ['cpu.user'], range, 60);
  t.equal(stepMs, 1000);
  const lines = Array.from({ length: 660 }, () => undefined);
  const again = simulateNode(3);
  const expected = lines.map((_, second) => {
    const text = again(START_MS + second * 1000);
    return (JSON.parse(text) as { cpu: { util: { user: number } } }).cpu.util.user;
  });
  t.strictSame(series['cpu.user']?.mean, expected.slice(600), 'to the last digit');
  t.strictSame(await history.top(SEVEN, START_MS + 615_000), { atMs: START_MS + 600_000, ...top });
  t.equal(await history.top(SEVEN, START_MS + 100_000), undefined);
});

t.test(
  'the step follows the data when the interval was changed: nothing vanishes, nothing is coarser',
  async (t) => {
    const root = t.testdir();
    await using writer = await openLog(root, 2 ** 30);
    const sample = simulateNode(3);
    const write = (fromSecond: number, toSecond: number, step: number) => {
      for (let second = fromSecond; second < toSecond; second += step)
        writer.append(sample(START_MS + second * 1000), START_MS + second * 1000);
    };
    // Half an hour every 30 s, ten minutes of silence, half an hour every second, then every
    // minute.
    write(0, 1800, 30);
    write(2400, 4200, 1);
    write(4200, 6001, 60);
    // And then every quarter of an hour.
    write(6900, 15_001, 900);
    await using history = start(root);
    await caughtUp(history, START_MS + 15_000_000);
    async function unknown(fromSecond: number, toSecond: number, points: number): Promise<string> {
      const range = { fromMs: START_MS + fromSecond * 1000, toMs: START_MS + toSecond * 1000 };
      const { stepMs, timesMs, series } = await history.series(SEVEN, ['cpu.used'], range, points);
      const mean = series['cpu.used']?.mean ?? timesMs.map(() => null);
      const missing = timesMs.filter((_, point) => mean[point] === null);
      const seconds = missing.map((atMs) => (atMs - START_MS) / 1000);
      return `${stepMs / 1000} s: ${seconds.length === 0 ? 'all' : `not ${seconds[0]} to ${seconds.at(-1)}`}`;
    }
    t.equal(await unknown(0, 1770, 600), '30 s: all', 'every 30 s, though it is every minute now');
    t.equal(await unknown(901, 911, 10), '30 s: all', 'between two samples');
    t.equal(await unknown(3000, 3300, 600), '1 s: all', 'every second, though it is every minute now');
    t.equal(await unknown(1200, 3000, 300), '6 s: not 1776 to 2394', 'a silence is one');
    t.equal(await unknown(0, 6000, 600), '10 s: not 1780 to 2390', 'from the buckets');
    t.equal(await unknown(4200, 6000, 120), '20 s: all');
    t.equal(await unknown(4000, 5900, 180), '20 s: all');
    t.equal(await unknown(10_000, 10_100, 100), '900 s: all', 'between two samples far apart');
    t.equal(await unknown(10_400, 10_600, 100), '900 s: all', 'around one of them');
    t.equal(await unknown(2000, 2100, 100), '1 s: not 2000 to 2099', 'a silence is none of them');
  },
);

t.test('a node that was installed anew goes on in the same series', async (t) => {
  const root = t.testdir();
  const sample = simulateNode(1);
  const first = await openLog(root);
  for (let second = 0; second < 100; second++)
    first.append(sample(START_MS + second * 1000), START_MS + second * 1000);
  const { id } = first;
  await first[Symbol.asyncDispose]();
  const paths = logPaths(join(root, 'logs'), SEVEN);
  await rename(paths.open, join(root, 'logs', `node-7@${id}.log`));
  await rename(paths.directory, join(root, 'logs', `node-7@${id}`));
  await using second = await openLog(root);
  const laterMs = START_MS + 3_600_000;
  for (let n = 0; n < 100; n++) second.append(sample(laterMs + n * 1000), laterMs + n * 1000);
  await using history = start(root);
  await caughtUp(history, laterMs + 99_000);
  const range = { fromMs: START_MS, toMs: laterMs + 100_000 };
  const { series, timesMs } = await history.series(SEVEN, ['mem.used'], range, 300);
  const known = timesMs.filter((_, index) => series['mem.used']?.mean[index] !== null);
  t.equal(known[0], START_MS);
  t.ok((known.at(-1) ?? 0) >= laterMs);
});

t.test('a history.db that is damaged or gone is made anew from the logs', async (t) => {
  const root = t.testdir();
  await using writer = await openLog(root);
  const sample = simulateNode(1);
  for (let n = 0; n < 500; n++) writer.append(sample(START_MS + n * 1000), START_MS + n * 1000);
  const before = start(root);
  await caughtUp(before, START_MS + 499_000);
  const wanted = await everything(before);
  await before[Symbol.asyncDispose]();
  for (const end of ['-wal', '-shm']) await rm(join(root, `history.db${end}`), { force: true });
  await writeFile(
    join(root, 'history.db'),
    'this is no database at all, and long enough to be looked at as one.'.repeat(99),
  );
  await using after = start(root);
  await caughtUp(after, START_MS + 499_000);
  t.equal(await everything(after), wanted);
});

t.test('lines that are rubbish stop nothing', async (t) => {
  const root = t.testdir();
  await using writer = await openLog(root);
  const at = (n: number) => new Date(START_MS + n * 1000).toISOString();
  const rubbish = [
    `{"t":"${at(1)}","up":1,"cpu":null,"fs":[1,2],"net":{"__proto__":[1,2],"eth0":"x"},"mem":{"total":1e999,"avail":-1}}`,
    `{"t":"${at(2)}","up":"x","cpu":{"util":{"user":"<script>"}},"disk":{"":{}},"load":{"0":1}}`,
    `{"t":"${at(3)}","up":1,`,
    `{"t":"9999-99-99T99:99:99.999Z","up":1,"cpu":{}}`,
    `{"t":"2999-01-01T00:00:00.000Z","up":1,"cpu":{"util":{"user":0.9}}}`,
  ];
  for (const line of rubbish) writer.append(line, START_MS);
  writer.append(`{"t":"${at(9)}","up":9,"cpu":{"util":{"user":0.25}}}`, START_MS);
  await using history = start(root);
  await until(
    async () => {
      history.moved([SEVEN]);
      return (await history.names(SEVEN)).includes('cpu.user');
    },
    { timeoutMs: 10_000, what: 'the last line' },
  );
  const range = { fromMs: START_MS, toMs: START_MS + 7_200_001 };
  const { series } = await history.series(SEVEN, ['cpu.user'], range, 500);
  t.strictSame(series['cpu.user']?.max[0], 0.25);
});

t.test('what a rule looks back over is known again after a restart', async (t) => {
  const root = t.testdir();
  await using writer = await openLog(root, 2 ** 30);
  const raised: RuleChange[] = [];
  const [cpu] = Object.entries(DEFAULT_RULES).flatMap(([name, rule]) =>
    name === 'cpu' ? { ...rule, name } : [],
  );
  const onRule = (change: RuleChange) => void raised.push(change);
  const fromMs = Date.now() - 1_000_000;
  const isBusy = (second: number) => second % 10 !== 0;
  const write = (fromSecond: number, toSecond: number) => {
    for (let second = fromSecond; second < toSecond; second++) {
      const [t, user] = [new Date(fromMs + second * 1000).toISOString(), isBusy(second) ? 1 : 0.6];
      const sample = { t, up: 5000 + second, boot: 'a', cpu: { n: 1, util: { user } } };
      writer.append(JSON.stringify(sample), fromMs + second * 1000);
    }
  };
  const options = { rules: cpu === undefined ? [] : [cpu], onRule };
  const first = start(root, 'history.db', options);
  write(0, 700);
  await caughtUp(first, fromMs + 699_000);
  await first[Symbol.asyncDispose]();
  await using history = start(root, 'history.db', options);
  write(700, 890);
  await caughtUp(history, fromMs + 889_000);
  t.strictSame(raised, [], 'the window has not passed');
  write(890, 920);
  history.moved([SEVEN]);
  await until(() => raised.length > 0, { timeoutMs: 10_000, what: 'the alert' });
  t.ok(Math.abs((raised[0]?.judged ?? 0) - 0.96) < 0.01, `its mean is ${raised[0]?.judged}`);
});

t.test('a worker that hangs is ended and started again, and answers as before', async (t) => {
  const root = t.testdir();
  await using writer = await openLog(root);
  const sample = simulateNode(7);
  for (let n = 0; n < 100; n++) writer.append(sample(START_MS + n * 5000), START_MS + n * 5000);
  using hanger = workerHanger(root);
  const clock = fakeClock();
  const told: string[] = [];
  await using history = start(root, 'history.db', { clock, onHung: (outcome) => told.push(outcome) });
  await caughtUp(history, START_MS + 99 * 5000);
  const before = await everything(history);
  await hanger.loop();
  // A quarter of an hour, and the look that may still see a beat of before.
  await clock.advance(15 * 60_000 + 5000);
  await until(() => told.length > 0, { timeoutMs: 10_000, what: 'its end' });
  t.strictSame(told, ['ended']);
  const isBack = async () => (await everything(history).catch(() => undefined)) === before;
  await until(isBack, { timeoutMs: 20_000, what: 'the same answers' });
});

t.test('a worker that works is left alone', async (t) => {
  const root = t.testdir();
  await using writer = await openLog(root);
  const clock = fakeClock();
  const told: string[] = [];
  await using history = start(root, 'history.db', { clock, onHung: (outcome) => told.push(outcome) });
  for (const atMs of [START_MS, START_MS + 1000]) {
    await clock.advance(15 * 60_000 - 5000);
    writer.append(simulateNode(7)(atMs), atMs);
    // It reports the newest samples when it beats.
    await caughtUp(history, atMs);
  }
  t.strictSame(told, []);
});
