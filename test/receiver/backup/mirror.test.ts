import { mkdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { RunMirror } from '../../../receiver/backup/mirror.ts';
import { switchLog } from '../../../shared/log/archive-log.ts';
import { openLogFollower } from '../../../shared/log/log-follower.ts';
import { readLogMeta } from '../../../shared/log/log-meta.ts';
import { applyRetention } from '../../../shared/log/retention.ts';
import { readSegmentRecords } from '../../../shared/log/segment-records.ts';
import { verifyLog } from '../../../shared/log/verify-log.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import {
  appendSamples,
  contentsOf,
  flipByte,
  NOON_MS,
  rememberingSealer,
  withoutPieces,
} from '../../helpers/logs.ts';
import { until } from '../../helpers/until.ts';
import { bytesOf, mirroredLogs, runOnce, segmentFiles } from './mirrored-logs.ts';

const HOUR_MS = 3_600_000;

t.test('mirror invariant 2: only new bytes are written', async (t) => {
  const { write, start, live, mirrored, directory, sealer } = await mirroredLogs(t);
  const writer = await write('7');
  appendSamples(writer, 0, 1000);
  writer.closeSegment(NOON_MS);
  await sealer.idle();
  appendSamples(writer, 1000, 1500);
  const mirror = await start();
  await runOnce(mirror);
  t.strictSame(await contentsOf(mirrored()), await contentsOf(live()), 'the first run copies everything');

  const before = await segmentFiles(join(directory, 'logs'));
  t.equal(await runOnce(mirror), 0, 'a run with nothing new writes nothing');
  t.strictSame(await segmentFiles(join(directory, 'logs')), before, 'and touches no file');

  const grownFrom = writer.end.offset;
  appendSamples(writer, 1500, 1600);
  t.equal(await runOnce(mirror), writer.end.offset - grownFrom, 'then exactly the new bytes');
  const after = await segmentFiles(join(directory, 'logs'));
  t.equal(after.get('node-7.log')?.size, writer.end.offset);
  t.strictSame(
    after.get('node-7/00000001.ndjson.zst'),
    before.get('node-7/00000001.ndjson.zst'),
    'the sealed segment is not touched again',
  );
});

t.test(
  'mirror invariant 5: a segment that is sealed meanwhile is taken over compressed and proven',
  async (t) => {
    const { write, start, live, mirrored, sealer } = await mirroredLogs(t);
    const writer = await write('7');
    appendSamples(writer, 0, 500);
    const mirror = await start();
    await runOnce(mirror);
    appendSamples(writer, 500, 1000);
    writer.closeSegment(NOON_MS);
    await sealer.idle();
    appendSamples(writer, 1000, 1100);
    const sealed = await stat(join(live().directory, '00000001.ndjson.zst'));
    t.equal(
      await runOnce(mirror),
      sealed.size + writer.end.offset,
      'the compressed file and the open segment',
    );
    t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
    t.strictSame(await readSegmentRecords(mirrored()), await readSegmentRecords(live()));
  },
);

t.test('a segment that is closed and not sealed yet is closed in the mirror too', async (t) => {
  const { write, start, live, mirrored, sealer } = await mirroredLogs(t);
  const writer = await write('7');
  appendSamples(writer, 0, 300);
  writer.closeSegment(NOON_MS);
  await sealer.idle();
  const { sealed } = await readSegmentRecords(live());
  // As the live copy is between closing and sealing: the plain file with its record.
  const plain = [...(await contentsOf(live())).values()][0] ?? '';
  await writeFile(join(live().directory, '00000001.ndjson'), plain, 'latin1');
  await rm(join(live().directory, '00000001.ndjson.zst'));
  appendSamples(writer, 300, 400);
  await runOnce(await start());
  t.same(await stat(join(mirrored().directory, '00000001.ndjson.zst')).then(({ size }) => size > 0), true);
  t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
  t.strictSame((await readSegmentRecords(mirrored())).sealed, withoutPieces(sealed));
});

t.test('mirror invariant 3: a live copy that is shorter never shortens the mirror', async (t) => {
  const { write, start, live, mirrored, sealer, logsRoot, problems } = await mirroredLogs(t);
  const writer = await write('7');
  appendSamples(writer, 0, 300);
  writer.closeSegment(NOON_MS);
  await sealer.idle();
  appendSamples(writer, 300, 600);
  const mirror = await start();
  await runOnce(mirror);
  const whole = await contentsOf(mirrored());
  const open = await bytesOf(live().open);
  await writer[Symbol.asyncDispose]();

  t.test('the open segment lost its end', async (t) => {
    await writeFile(live().open, open.slice(0, 4000), 'latin1');
    t.equal(await runOnce(mirror), 0);
    t.strictSame(await contentsOf(mirrored()), whole);
    t.equal(
      mirror.state().logs[0]?.aheadBytes,
      open.length - 4000,
      'and the state says how much more there is',
    );
    t.strictSame([...problems.keys()], []);
  });
  t.test('it lost its end and differs before', async (t) => {
    await flipByte(live().open, 1000);
    t.equal(await runOnce(mirror), 0);
    t.strictSame(await contentsOf(mirrored()), whole);
    t.match(problems.get('mirror/node-7')?.detail, /segment 2 in .*differs .*within its first 4000 bytes/i);
  });
  t.test('the whole disk came back empty', async (t) => {
    await rm(logsRoot, { recursive: true });
    t.equal(await runOnce(mirror), 0);
    t.strictSame(await contentsOf(mirrored()), whole);
  });
});

t.test('the retention of the live copy drops nothing in the mirror, which has its own', async (t) => {
  const { write, start, live, mirrored, sealer, problems } = await mirroredLogs(t);
  const writer = await write('7');
  for (let n = 0; n < 4; n++) {
    appendSamples(writer, n * 100, n * 100 + 100);
    writer.closeSegment(NOON_MS + n * HOUR_MS);
  }
  await sealer.idle();
  const mirror = await start();
  await runOnce(mirror);
  await applyRetention(live(), { maxBytes: 0 }, 3, NOON_MS);
  t.equal(await runOnce(mirror), 0);
  t.strictSame([...(await contentsOf(mirrored())).keys()], [1, 2, 3, 4, 5]);
  await mirror[Symbol.asyncDispose]();

  const short = await start({ retention: { maxBytes: 0 } });
  await runOnce(short);
  t.strictSame([...(await contentsOf(mirrored())).keys()], [5], 'its own retention does');
  t.equal(await runOnce(short), 0, 'and what it dropped is not fetched again');
  t.strictSame([...problems.keys()], []);
});

t.test('a gap is passed over and told', async (t) => {
  const { write, start, live, mirrored, sealer, raised, problems } = await mirroredLogs(t);
  const writer = await write('7');
  appendSamples(writer, 0, 100);
  const mirror = await start();
  await runOnce(mirror);
  for (let n = 1; n < 4; n++) {
    appendSamples(writer, n * 100, n * 100 + 100);
    writer.closeSegment(NOON_MS);
  }
  await sealer.idle();
  await applyRetention(live(), { maxBytes: 0 }, 3, NOON_MS);
  await runOnce(mirror);
  t.strictSame([...(await contentsOf(mirrored())).keys()], [1, 3, 4], 'what it had of segment 1 is kept');
  t.match(raised.at(-1)?.detail, /Segments 1 to 2 are missing/);
  await runOnce(mirror);
  t.strictSame([...problems.keys()], [], 'once');
});

t.test('a gap that the live copy knows of is passed over, and known in the mirror, too', async (t) => {
  const { write, start, live, mirrored, sealer, problems } = await mirroredLogs(t);
  const writer = await write('7');
  for (let n = 0; n < 3; n++) {
    appendSamples(writer, n * 100, n * 100 + 100);
    writer.closeSegment(NOON_MS);
  }
  await sealer.idle();
  await writer.lose({ number: 2, fault: 'damaged', reason: 'a test', atMs: NOON_MS });
  await runOnce(await start());
  t.strictSame([...(await contentsOf(mirrored())).keys()], [1, 3, 4]);
  t.strictSame([...problems.keys()], []);
  t.match(await verifyLog(mirrored()), { problems: [], lost: [{ from: 2, to: 2, reason: 'a test' }] });
  t.match(await verifyLog(live()), { problems: [] });
});

t.test(
  'gaps that were found one after the other are known in the mirror, also next to a missing file',
  async (t) => {
    const { write, start, live, mirrored, sealer, problems } = await mirroredLogs(t);
    const writer = await write('7');
    for (let n = 0; n < 6; n++) {
      appendSamples(writer, n * 100, n * 100 + 100);
      writer.closeSegment(NOON_MS);
    }
    await sealer.idle();
    for (const number of [2, 3, 5])
      await writer.lose({ number, fault: 'damaged', reason: 'a test', atMs: NOON_MS });
    const file = join(live().directory, '00000006.ndjson.zst');
    await rename(file, `${file}.away`);
    const mirror = await start();
    await runOnce(mirror);
    t.strictSame([...(await contentsOf(mirrored())).keys()], [1, 4, 7]);
    await rename(`${file}.away`, file);
    await runOnce(mirror);
    t.strictSame([...(await contentsOf(mirrored())).keys()], [1, 4, 6, 7]);
    t.strictSame([...problems.keys()], []);
    t.match(await verifyLog(mirrored()), { problems: [], lost: [{ from: 2 }, { from: 3 }, { from: 5 }] });
    const records = await bytesOf(mirrored().records);
    await runOnce(mirror);
    t.equal(await bytesOf(mirrored().records), records, 'recorded once');
  },
);

t.test('mirror invariant 4: a file that is no prefix is set aside and fetched again', async (t) => {
  const { write, start, live, mirrored, problems, raised, directory } = await mirroredLogs(t);
  const writer = await write('7');
  appendSamples(writer, 0, 300);
  const mirror = await start();
  await runOnce(mirror);
  await flipByte(mirrored().open, 5000);
  const damaged = await bytesOf(mirrored().open);
  // What is remembered of a file is believed until the machine was off, or `verify` reads it.
  await rm(mirrored().checkpoint);
  appendSamples(writer, 300, 310);
  t.equal(await runOnce(mirror), writer.end.offset);
  t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
  t.match(
    problems.get('mirror/node-7')?.detail,
    /Segment 1 was no copy of the other one; it was set aside as/,
  );
  const aside = [...(await segmentFiles(join(directory, 'logs'))).keys()].filter((name) =>
    name.endsWith('.aside'),
  );
  t.match(aside, [/00000001\.differs-/]);
  t.equal(await bytesOf(join(directory, 'logs', aside[0] ?? '')), damaged, 'it is kept as it was');
  await runOnce(mirror);
  t.notOk(problems.has('mirror/node-7'), 'the next run finds nothing wrong');
  t.equal(raised.length, 1);
});

t.test('a sealed segment that the mirror lost is fetched again', async (t) => {
  const { write, start, live, mirrored, sealer } = await mirroredLogs(t);
  const writer = await write('7');
  for (const n of [0, 1, 2]) {
    appendSamples(writer, n * 100, n * 100 + 100);
    writer.closeSegment(NOON_MS);
  }
  await sealer.idle();
  const mirror = await start();
  await runOnce(mirror);
  const lost = join(mirrored().directory, '00000002.ndjson.zst');
  const { size } = await stat(lost);
  await rm(lost);
  t.equal(await runOnce(mirror), size);
  t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
});

t.test(
  'a damaged live segment is told, does not hold up the rest, and costs the mirror nothing',
  async (t) => {
    const { write, start, live, mirrored, sealer, problems } = await mirroredLogs(t);
    const [writer, other] = [await write('7'), await write('8')];
    appendSamples(writer, 0, 100);
    appendSamples(other, 0, 100);
    const mirror = await start();
    await runOnce(mirror);
    const had = await bytesOf(mirrored().open);
    appendSamples(writer, 100, 200);
    writer.closeSegment(NOON_MS);
    await sealer.idle();
    const damaged = join(live().directory, '00000001.ndjson.zst');
    await flipByte(damaged, 200);
    appendSamples(writer, 200, 300);
    appendSamples(other, 100, 300);
    await runOnce(mirror);
    t.match(problems.get('mirror/node-7')?.detail, /Segment 1 in .*00000001\.ndjson\.zst is damaged/);
    t.notOk(problems.has('mirror/node-8'));
    const contents = await contentsOf(mirrored());
    t.equal(contents.get(1), had, 'the part that the mirror has is kept');
    t.equal(contents.get(2), await bytesOf(live().open), 'the next segment is mirrored');
    t.strictSame(await contentsOf(mirrored('8')), await contentsOf(live('8')));

    await flipByte(damaged, 200);
    await runOnce(mirror);
    t.strictSame(
      await contentsOf(mirrored()),
      await contentsOf(live()),
      'when it is sound again, it is fetched',
    );
    t.strictSame([...problems.keys()], []);
  },
);

t.test('a log that nobody can identify is told, and the others are mirrored', async (t) => {
  const { write, start, live, mirrored, problems } = await mirroredLogs(t);
  for (const node of ['7', '8']) appendSamples(await write(node), 0, 100);
  await writeFile(live().meta, '{');
  const mirror = await start();
  t.equal((await mirror.runNow()).kind, 'failed');
  t.match(problems.get('mirror')?.detail, /1 of 2 logs could not be copied \(node-7\)/);
  t.match(problems.get('mirror/node-7'), {
    title: 'The mirror of node-7 is not up to date',
    detail: /log\.json is damaged/,
  });
  t.strictSame(await contentsOf(mirrored('8')), await contentsOf(live('8')));
  t.equal(mirror.state().lastSuccess, undefined, 'that is no success');

  await rm(live().directory, { recursive: true });
  await rm(live().open);
  await runOnce(mirror);
  t.strictSame([...problems.keys()], [], 'a log that is gone has no problem');
});

t.test('a damaged log.json of the mirror is set aside and written anew', async (t) => {
  const { write, start, live, mirrored, raised } = await mirroredLogs(t);
  const writer = await write('7');
  appendSamples(writer, 0, 100);
  const mirror = await start();
  await runOnce(mirror);
  await writeFile(mirrored().meta, '');
  appendSamples(writer, 100, 200);
  await runOnce(mirror);
  t.equal((await readLogMeta(mirrored()))?.id, writer.id);
  t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
  t.match(raised, [{ key: 'mirror/node-7', detail: /Log\.json was damaged; it was set aside as/i }]);
});

t.test('archived logs are mirrored, and archived in the mirror when they are archived live', async (t) => {
  const { write, start, live, mirrored, logsRoot, directory } = await mirroredLogs(t);
  const old = await write('7');
  appendSamples(old, 0, 100);
  const mirror = await start();
  await runOnce(mirror);
  appendSamples(old, 100, 200);
  await old[Symbol.asyncDispose]();
  // The node is reinstalled: its new log has another id.
  const fresh = await write('7', join(logsRoot, '..', 'elsewhere'));
  await switchLog(live(), old.id, fresh.id);
  await using follower = await openLogFollower({
    paths: live(),
    id: fresh.id,
    bootId: 'boot-1',
    sealer: rememberingSealer().sealer,
  });
  await follower.beginAt(1);
  follower.append([Buffer.from(await bytesOf(fresh.paths.open), 'latin1')]);
  await runOnce(mirror);
  t.equal((await readLogMeta(mirrored()))?.id, fresh.id);
  t.equal(await bytesOf(mirrored().open), await bytesOf(live().open));
  const archived = `node-7@${old.id}.log`;
  t.equal(await bytesOf(join(directory, 'logs', archived)), await bytesOf(join(logsRoot, archived)));
  t.strictSame(
    mirror.state().logs.map(({ name }) => name),
    ['node-7', `node-7@${old.id}`],
  );
});

t.test('the mirror follows a log that grows and closes segments while it is copied', async (t) => {
  const { write, start, live, mirrored, sealer, raised } = await mirroredLogs(t);
  const writer = await write('7');
  const mirror = await start();
  let runs = 0;
  const growing = (async () => {
    for (let n = 0; runs < 8; n += 20) {
      appendSamples(writer, n, n + 20, 500);
      if (n % 1000 === 0) writer.closeSegment(NOON_MS);
      await delay(5);
    }
  })();
  for (; runs < 8; runs++) await runOnce(mirror);
  await growing;
  await sealer.idle();
  await runOnce(mirror);
  t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
  t.strictSame(raised, []);
});

t.test(
  'a node that joins is mirrored soon, and a drive that is back has its alert cleared soon',
  async (t) => {
    const { write, start, directory, problems } = await mirroredLogs(t);
    appendSamples(await write('7'), 0, 10);
    const clock = fakeClock(Date.now());
    const mirror = await start({ clock });
    const startedAt = () => mirror.state().lastSuccess?.atMs ?? 0;
    await until(() => startedAt() > 0, { timeoutMs: 5000, what: 'the first run' });
    appendSamples(await write('8'), 0, 10);
    const nameOf = () => mirror.state().logs.map(({ name }) => name);
    t.strictSame(nameOf(), ['node-7']);
    mirror.nodeConnected(parseNodeName('7'));
    mirror.nodeConnected(parseNodeName('8'));
    await clock.advance(5_000);
    await until(() => nameOf().length === 2, { timeoutMs: 5000, what: 'the run for the node that joined' });

    await rename(directory, `${directory}-away`);
    await mkdir(directory);
    await mirror.runNow();
    t.ok(problems.has('mirror'), 'an empty directory is not the mirror');
    await rmdir(directory);
    await rename(`${directory}-away`, directory);
    await clock.advance(20_000);
    await until(() => !problems.has('mirror'), { timeoutMs: 5000, what: 'the end of the alert' });
  },
);

t.test('the schedule runs the mirror, and a stale success makes it run at start', async (t) => {
  const { write, start, directory } = await mirroredLogs(t);
  appendSamples(await write('7'), 0, 10);
  const first = await start();
  const ranAtStart = () => first.state().lastSuccess;
  const success = await until(ranAtStart, { timeoutMs: 5000, what: 'the first run' });
  await first[Symbol.asyncDispose]();
  t.ok(await stat(join(directory, 'logs', 'node-7.log')));

  const clock = fakeClock(Date.now());
  const second = await start({ schedule: '* * * * *', clock });
  t.strictSame(
    second.state().lastSuccess?.atMs,
    success.atMs,
    'a fresh success is remembered, and no run is due',
  );
  t.equal(second.state().running, undefined);
  const [next = 0] = second.state().nextRunsAtMs;
  t.strictSame(second.state().nextRunsAtMs, [next, next + 60_000, next + 120_000]);
  await clock.advance(next - clock.now());
  await until(() => (second.state().lastSuccess?.atMs ?? 0) > success.atMs, {
    timeoutMs: 5000,
    what: 'a run by the schedule',
  });
  await second[Symbol.asyncDispose]();
  await t.rejects(second.runNow(), { name: 'AbortError' }, 'after disposal nothing runs');
});

t.test(
  'mirror invariant 10: the schedule survives a clock that was a year ahead, and its end is told',
  async (t) => {
    const clock = fakeClock(NOON_MS + HOUR_MS / 2);
    let isBroken = false;
    const run: RunMirror = async ({ signal }) => {
      if (isBroken) await clock.sleep(Number.POSITIVE_INFINITY, signal);
      const uptime = { bootId: 'boot-1', ms: 0 };
      return {
        kind: 'succeeded',
        success: { atMs: clock.now(), tookMs: 1, writtenBytes: 0, uptime },
        logs: [],
        wanted: [],
      };
    };
    const { start, problems } = await mirroredLogs(t);
    const mirror = await start({ run, clock, schedule: '0 * * * *', stallMs: 100 * HOUR_MS });
    await clock.advance(1000);
    const yearMs = 365 * 24 * HOUR_MS;
    clock.set(clock.now() + yearMs);
    await clock.advance(HOUR_MS);
    t.equal(mirror.state().lastSuccess?.atMs, NOON_MS + yearMs + HOUR_MS, 'a year ahead');
    clock.set(clock.now() - yearMs);
    t.equal(mirror.state().lastSuccess?.atMs, clock.now() - HOUR_MS / 2 - 1000, 'no success lies ahead');
    await clock.advance(HOUR_MS);
    t.equal(mirror.state().lastSuccess?.atMs, NOON_MS + 2 * HOUR_MS, 'and it goes on');
    t.strictSame([...problems.keys()], []);

    isBroken = true;
    await clock.advance(5 * HOUR_MS);
    t.match(problems.get('mirror/overdue'), { title: 'The mirror is overdue', detail: /0 \* \* \* \*/ });
    t.equal(mirror.state().problem?.key, 'mirror/overdue');
  },
);
