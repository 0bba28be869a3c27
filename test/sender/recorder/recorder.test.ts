import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import { type Recorder, type RecorderOptions, startRecorder } from '../../../sender/recorder/recorder.ts';
import { sealedSegmentPath } from '../../../shared/log/log.ts';
import type { LogWriter } from '../../../shared/log/log-writer.ts';
import type { Sealer } from '../../../shared/log/sealer.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.ts';
import { appendSamples, NOON_MS, openWriter, pathsIn, rememberingSealer } from '../../helpers/logs.ts';
import { until } from '../../helpers/until.ts';

const TIMEOUT = { timeoutMs: 10_000 };
const HOUR_MS = 3_600_000;

interface Bench extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly writer: LogWriter;
  readonly sealer: Sealer;
  /** While it is set, no line can be appended. */
  isFull: boolean;
  readonly live: readonly string[];
  readonly lost: readonly unknown[];
  start(options?: Partial<RecorderOptions>): Recorder;
  /** What the log holds, without its first line. */
  lines(): readonly unknown[];
}

/** A real log, whose disk can be full, and a clock that stands still. */
async function bench(t: { testdir(): string }): Promise<Bench> {
  const clock = fakeClock(NOON_MS);
  const paths = pathsIn(join(t.testdir(), 'logs'));
  mkdirSync(paths.root);
  const { sealer } = rememberingSealer();
  const writer = await openWriter(paths, { sealer });
  const append = writer.append.bind(writer);
  writer.append = (line, atMs) => {
    if (it.isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    append(line, atMs);
  };
  const [live, lost]: [string[], unknown[]] = [[], []];
  const stack = new AsyncDisposableStack();
  let count = 0;
  const it: Bench = {
    clock,
    writer,
    sealer,
    isFull: false,
    live,
    lost,
    start(options = {}) {
      const recorder = startRecorder({
        sample: (atMs) => JSON.stringify({ t: new Date(atMs).toISOString(), n: count++ }),
        extraLines: [],
        writer,
        intervalMs: 1000,
        syncMs: 5000,
        retention: {},
        acknowledgedSegment: () => 0,
        onSample: (line) => live.push(line),
        onLost: (...loss) => lost.push(loss),
        clock,
        log: createLogger('silent'),
        ...options,
      });
      return stack.use(recorder);
    },
    lines() {
      const [, ...lines] = readFileSync(paths.open, 'utf8').trimEnd().split('\n');
      return lines.map((line) => JSON.parse(line));
    },
    async [Symbol.asyncDispose]() {
      await stack.disposeAsync();
      await writer[Symbol.asyncDispose]();
      await sealer[Symbol.asyncDispose]();
    },
  };
  return it;
}

/** RFC 3339, some seconds after noon. */
function at(seconds: number): string {
  return new Date(NOON_MS + seconds * 1000).toISOString();
}

t.test('recorder invariant 1: each sample is taken at its moment, kept, and shown', async (t) => {
  await using it = await bench(t);
  const recorder = it.start();
  await it.clock.advance(2000);
  const wanted = [0, 1, 2].map((n) => ({ t: at(n), n }));
  t.strictSame(it.lines(), wanted);
  t.strictSame(
    it.live.map((line) => JSON.parse(line)),
    wanted,
  );
  t.strictSame(recorder.state(), { samples: 3, lastSampleAtMs: NOON_MS + 2000, losing: undefined });
  recorder.setInterval(5000);
  await it.clock.advance(5000);
  t.match(it.lines().at(-1), { t: at(7), n: 3 });
});

t.test(
  'recorder invariant 2: lines that cannot be kept are counted, and told in the log afterwards',
  async (t) => {
    await using it = await bench(t);
    const recorder = it.start();
    await it.clock.advance(1000);
    it.isFull = true;
    await it.clock.advance(3000);
    t.strictSame(recorder.state().losing, { samples: 3, sinceMs: NOON_MS + 2000, reason: 'ENOSPC' });
    t.equal(it.live.length, 5, 'they are shown all the same');
    t.strictSame(it.lost, []);
    it.isFull = false;
    await it.clock.advance(2000);
    t.strictSame(it.lines(), [
      { t: at(0), n: 0 },
      { t: at(1), n: 1 },
      { t: at(5), event: { kind: 'lost', samples: 3, since: at(2), reason: 'ENOSPC' } },
      { t: at(5), n: 5 },
      { t: at(6), n: 6 },
    ]);
    t.strictSame(it.lost, [[3, NOON_MS + 2000, 'ENOSPC']]);
    t.strictSame(recorder.state(), { samples: 4, lastSampleAtMs: NOON_MS + 6000, losing: undefined });
  },
);

t.test('a second loss, right behind the line that tells of the first, is counted for itself', async (t) => {
  await using it = await bench(t);
  const recorder = it.start();
  await it.clock.advance(0);
  it.isFull = true;
  await it.clock.advance(1000);
  const { append } = it.writer;
  it.isFull = false;
  it.writer.append = (line, atMs) => {
    append(line, atMs);
    it.isFull = true;
  };
  await it.clock.advance(1000);
  t.strictSame(recorder.state().losing, { samples: 1, sinceMs: NOON_MS + 2000, reason: 'ENOSPC' });
  it.writer.append = append;
  it.isFull = false;
  await it.clock.advance(1000);
  t.match(it.lines().slice(-3), [
    { t: at(2), event: { samples: 1, since: at(1) } },
    { t: at(3), event: { samples: 1, since: at(2) } },
    { t: at(3), n: 3 },
  ]);
  t.strictSame(it.lost, [
    [1, NOON_MS + 1000, 'ENOSPC'],
    [1, NOON_MS + 2000, 'ENOSPC'],
  ]);
});

t.test('a sampler that fails now and then does not end sampling, nor counts as a loss', async (t) => {
  await using it = await bench(t);
  let calls = 0;
  const recorder = it.start({
    sample: (atMs) => {
      if (++calls === 2) throw new Error('no such file');
      return JSON.stringify({ t: new Date(atMs).toISOString() });
    },
  });
  await it.clock.advance(2000);
  t.strictSame(it.lines(), [{ t: at(0) }, { t: at(2) }]);
  t.match(recorder.state(), { samples: 2, losing: undefined });
});

t.test('extra lines come at once and at their interval, and not while samples are being lost', async (t) => {
  await using it = await bench(t);
  let calls = 0;
  const read = async (atMs: number) => {
    if (++calls === 2) throw new Error('lsblk failed');
    return JSON.stringify({ t: new Date(atMs).toISOString(), extra: calls });
  };
  it.start({ intervalMs: 60_000, extraLines: [{ name: 'inventory', read, intervalMs: 10_000 }] });
  await it.clock.advance(30_000);
  const extras = () => it.lines().filter((line) => Object.hasOwn(line as object, 'extra'));
  t.strictSame(
    extras(),
    [0, 20, 30].map((seconds) => ({ t: at(seconds), extra: seconds / 10 + 1 })),
  );
  it.isFull = true;
  await it.clock.advance(35_000);
  it.isFull = false;
  await it.clock.advance(35_000);
  t.equal(extras().length, 3, 'the line of the loss comes first');
  await it.clock.advance(60_000);
  t.ok(extras().length > 3);
});

for (const [syncMs, everyMs] of [
  [5000, 5000],
  [0, 1000],
] as const) {
  t.test(
    `recorder invariant 3: with sync_seconds ${syncMs / 1000} the log is synced every ${everyMs} ms`,
    async (t) => {
      await using it = await bench(t);
      const synced: number[] = [];
      const { openSegment } = it.writer;
      it.writer.sync = async () => {
        // What has nothing to do is no sync.
        if (openSegment.bytes > (synced.at(-1) ?? 0)) synced.push(openSegment.bytes);
      };
      it.start({ syncMs });
      for (let seconds = 5; seconds <= 20; seconds += 5) {
        await it.clock.advance(5000);
        t.ok(
          synced.length >= Math.floor((seconds * 1000) / everyMs),
          `after ${seconds} s ${synced.length} syncs`,
        );
      }
      t.ok(synced.length <= 20_000 / everyMs + 1, `${synced.length} in all`);
    },
  );
}

/** Seals segments 1 to 3, and begins segment 4. */
async function sealThree(it: Bench): Promise<void> {
  for (let n = 0; n < 3; n++) {
    appendSamples(it.writer, n, n + 1, 1000);
    it.writer.closeSegment(NOON_MS);
  }
  await it.sealer.idle();
}

t.test(
  'recorder invariant 4: once an hour, old segments are dropped that are acknowledged, and no others',
  async (t) => {
    await using it = await bench(t);
    await sealThree(it);
    it.start({ retention: { maxAgeMs: 0 }, acknowledgedSegment: () => 3, intervalMs: HOUR_MS });
    await it.clock.advance(HOUR_MS - 1);
    t.equal(it.writer.oldest, 1);
    await it.clock.advance(1);
    await until(() => it.writer.oldest === 3, { ...TIMEOUT, what: () => `segment 3; ${it.writer.oldest}` });
    const { paths } = it.writer;
    t.strictSame(
      [1, 2, 3].map((number) => existsSync(sealedSegmentPath(paths, number))),
      [false, false, true],
    );
  },
);

t.test(
  'recorder invariant 4: a full disk drops what is acknowledged at once, whatever its age',
  async (t) => {
    await using it = await bench(t);
    await sealThree(it);
    it.start({ acknowledgedSegment: () => 2, retention: { maxAgeMs: 365 * 24 * HOUR_MS } });
    await it.clock.advance(1000);
    it.isFull = true;
    await it.clock.advance(1000);
    await until(() => it.writer.oldest === 2, { ...TIMEOUT, what: () => `segment 2; ${it.writer.oldest}` });
    t.equal(existsSync(sealedSegmentPath(it.writer.paths, 2)), true);
  },
);

t.test(
  'recorder invariant 4: a full disk drops one segment for each sample without room, no more',
  async (t) => {
    await using it = await bench(t);
    await sealThree(it);
    it.start({ acknowledgedSegment: () => 4 });
    await it.clock.advance(500);
    it.isFull = true;
    for (const oldest of [2, 3]) {
      await it.clock.advance(1000);
      await until(() => it.writer.oldest === oldest, {
        ...TIMEOUT,
        what: () => `${oldest}; ${it.writer.oldest}`,
      });
    }
    it.isFull = false;
    await it.clock.advance(10_000);
    t.strictSame([...it.writer.sealed.keys()], [3]);
  },
);

t.test(
  'recorder invariant 4: retention does not wait an hour for what has just been acknowledged',
  async (t) => {
    await using it = await bench(t);
    await sealThree(it);
    let acknowledged = 0;
    it.start({ retention: { maxAgeMs: 0 }, acknowledgedSegment: () => acknowledged });
    await it.clock.advance(5000);
    t.equal(it.writer.oldest, 1);
    acknowledged = 3;
    await it.clock.advance(1000);
    await until(() => it.writer.oldest === 3, { ...TIMEOUT, what: () => `segment 3; ${it.writer.oldest}` });
  },
);

t.test(
  'recorder invariant 5: a sensor or a disk that fails for minutes is told once, and its end',
  async (t) => {
    await using it = await bench(t);
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
    let isBroken = true;
    const failing = () => {
      if (isBroken) throw new Error('input/output error');
      return '{}';
    };
    it.writer.sync = async () => void failing();
    it.start({
      sample: failing,
      extraLines: [{ name: 'inventory', read: async () => failing(), intervalMs: 10_000 }],
      log,
    });
    await it.clock.advance(600_000);
    const failures = [
      'a sample could not be taken',
      'no inventory line',
      'the local log could not be synced',
    ];
    t.strictSame(lines.toSorted(), failures);
    isBroken = false;
    await it.clock.advance(60_000);
    const ends = ['inventory lines again', 'samples can be taken again', 'the local log can be synced again'];
    t.strictSame(lines.slice(3).toSorted(), ends);
  },
);

t.test('disposing a recorder ends all its duties', async (t) => {
  await using it = await bench(t);
  const recorder = it.start({ extraLines: [{ name: 'x', read: async () => '{}', intervalMs: 1000 }] });
  await it.clock.advance(1000);
  await recorder[Symbol.asyncDispose]();
  await recorder[Symbol.asyncDispose]();
  t.equal(it.clock.sleeping(), 0);
  const before = it.lines().length;
  await it.clock.advance(10_000);
  t.equal(it.lines().length, before);
});
