import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startRecorder } from '../../../sender/recorder/recorder.ts';
import { sealedSegmentPath } from '../../../shared/log/log.ts';
import { readSegmentRecords } from '../../../shared/log/segment-records.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { NO_DRIVE } from '../../helpers/drive.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { undoWhenKilled } from '../../helpers/guard.ts';
import { NOON_MS, openWriter, pathsIn, rememberingSealer } from '../../helpers/logs.ts';
import { until } from '../../helpers/until.ts';

const PAGE_BYTES = 4096;

/** Mounts a file system of 512 KiB below `root`. */
function mountSmall(root: string): string {
  const path = join(root, 'small');
  mkdirSync(path);
  undoWhenKilled('umount', '-l', path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', path], { stdio: 'pipe' });
  return path;
}

/** Fills a file up to a whole page with empty lines: whatever is appended next needs a page of its own. */
function fillPage(path: string): void {
  appendFileSync(path, '\n'.repeat(PAGE_BYTES - (statSync(path).size % PAGE_BYTES)));
}

/** Writes until there is no room for another byte. */
function fillDisk(path: string): void {
  for (let bytes = 64 * 1024; bytes >= 1; bytes /= 2) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

t.test(
  'a disk without room for a sample, nor for the record of what is dropped, has room again a second later',
  { skip: NO_DRIVE },
  async (t) => {
    const root = mountSmall(t.testdir());
    await using stack = new AsyncDisposableStack();
    stack.defer(() => void execFileSync('umount', ['-l', root]));
    const paths = pathsIn(join(root, 'logs'));
    mkdirSync(paths.root);
    const clock = fakeClock(NOON_MS);
    const { sealer } = rememberingSealer();
    stack.use(sealer);
    const writer = stack.use(await openWriter(paths, { sealer }));
    for (let n = 0; n < 2; n++) {
      for (let line = 0; line < 1000; line++)
        writer.append(JSON.stringify({ t: new Date(NOON_MS).toISOString(), x: Math.random() }), NOON_MS);
      writer.closeSegment(NOON_MS);
    }
    await sealer.idle();
    const recorder = stack.use(
      startRecorder({
        sample: (atMs) => JSON.stringify({ t: new Date(atMs).toISOString(), x: 'x'.repeat(1000) }),
        extraLines: [],
        writer,
        intervalMs: 1000,
        syncMs: 5000,
        retention: {},
        acknowledgedSegment: () => 3,
        onSample: () => undefined,
        onLost: () => undefined,
        clock,
        log: createLogger('silent'),
      }),
    );
    await clock.advance(1000);
    fillPage(paths.records);
    fillDisk(join(root, 'ballast'));
    for (let n = 0; n < 6 && recorder.state().losing === undefined; n++) await clock.advance(1000);
    t.match(recorder.state().losing, { reason: 'ENOSPC' });

    await until(() => writer.oldest === 2, { timeoutMs: 10_000, what: 'segment 1 to be dropped' });
    t.equal(existsSync(sealedSegmentPath(paths, 1)), false);
    t.strictSame([...(await readSegmentRecords(paths)).sealed.keys()], [2], 'its record says so');
    await clock.advance(1000);
    t.equal(recorder.state().losing, undefined);
    t.match(readFileSync(paths.open, 'utf8'), /"event":\{"kind":"lost","samples":1,/);
    t.equal(writer.oldest, 2, 'no more was dropped than had to be');
  },
);
