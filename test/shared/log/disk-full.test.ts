import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { verifyLog } from '../../../shared/log/verify-log.ts';
import { NO_DRIVE } from '../../helpers/drive.ts';
import { undoWhenKilled } from '../../helpers/guard.ts';
import {
  contentOf,
  NOON_MS,
  numbersIn,
  numbersOf,
  openWriter,
  pathsIn,
  rememberingSealer,
  sample,
} from '../../helpers/logs.ts';

const OPTIONS = { skip: NO_DRIVE };

/** A file system of 256 KiB below `root`. */
function mountSmall(root: string): { readonly path: string; unmount(): void } {
  const path = join(root, 'small');
  mkdirSync(path);
  undoWhenKilled('umount', '-l', path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', path], { stdio: 'pipe' });
  return { path, unmount: () => execFileSync('umount', ['-l', path]) };
}

/** Leaves `bytes` of room on the file system, at a page's precision. */
function fill(path: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(path);
  writeFileSync(join(path, 'filling'), Buffer.alloc(Math.max(0, bavail * bsize - bytes), 'x'));
}

/** Appends samples from `from` on until the disk is full; returns the first number that was not kept. */
function appendUntilFull(append: (n: number) => void, from: number): number {
  for (let n = from; ; n++) {
    try {
      append(n);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return n;
      throw error;
    }
  }
}

t.test('a full disk loses the lines that it has no room for, and no other', OPTIONS, async (t) => {
  const { sealer, failed } = rememberingSealer();
  const stack = new AsyncDisposableStack();
  stack.use(sealer);
  t.teardown(async () => await stack.disposeAsync());
  const small = mountSmall(t.testdir());
  stack.defer(() => small.unmount());
  const paths = pathsIn(small.path);
  const writer = await openWriter(paths, { sealer });
  const append = (n: number) => writer.append(sample(n, 100), NOON_MS);
  append(0);
  fill(small.path, 20_000);
  const full = appendUntilFull(append, 1);
  t.throws(() => append(full), { code: 'ENOSPC' }, 'and again');
  rmSync(join(small.path, 'filling'));
  append(full + 1);
  append(full + 2);
  const found = await numbersOf(paths);
  t.same(
    found.slice(0, full),
    Array.from({ length: full }, (_, n) => n),
  );
  t.same(found.slice(full), [full + 1, full + 2]);
  t.equal((await contentOf(paths, 1)).includes('\n\n'), false, 'a torn line is ended once');
  t.same((await verifyLog(paths)).problems, []);
  t.same(failed, []);
  await writer[Symbol.asyncDispose]();
});

t.test(
  'a segment that cannot be closed on a full disk stays whole, and is closed later',
  OPTIONS,
  async (t) => {
    const { sealer, failed } = rememberingSealer();
    const stack = new AsyncDisposableStack();
    stack.use(sealer);
    t.teardown(async () => await stack.disposeAsync());
    const small = mountSmall(t.testdir());
    stack.defer(() => small.unmount());
    const paths = pathsIn(small.path);
    const writer = await openWriter(paths, { sealer, segmentBytes: 5000 });
    const append = (n: number) => writer.append(sample(n, 100), NOON_MS);
    for (let n = 0; writer.end.offset < 5000; n++) append(n);
    const before = numbersIn(await contentOf(paths, 1));
    fill(small.path, 0);
    for (let tries = 0; tries < 3; tries++) t.throws(() => append(900), { code: 'ENOSPC' });
    t.equal(writer.end.segment, 1);
    t.same(numbersIn(await contentOf(paths, 1)), before);
    rmSync(join(small.path, 'filling'));
    append(901);
    t.equal(writer.end.segment, 2);
    await sealer.idle();
    t.same(await numbersOf(paths), [...before, 901]);
    t.same((await verifyLog(paths)).problems, []);
    t.same(failed, []);
    await writer[Symbol.asyncDispose]();
  },
);
