import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { FileFault, FileNews } from '../../../shared/log/file-change.ts';
import { type LogPaths, plainSegmentPath } from '../../../shared/log/log.ts';
import { readLogMeta } from '../../../shared/log/log-meta.ts';
import type { LogWriter } from '../../../shared/log/log-writer.ts';
import { verifyLog } from '../../../shared/log/verify-log.ts';
import {
  appendSamples,
  contentOf,
  NOON_MS,
  numbersOf,
  openWriter,
  pathsIn,
  range,
  rememberingSealer,
} from '../../helpers/logs.ts';

/** What somebody does to the file of an open segment; `old` is a copy from when it had 10 samples. */
type Change = (paths: LogPaths, old: string) => void;

const CHANGES: Readonly<Record<string, { change: Change; fault: FileFault; kept: readonly number[] }>> = {
  'is cut to nothing (copytruncate)': {
    change: ({ open }) => truncateSync(open, 0),
    fault: 'shorter',
    kept: [],
  },
  'loses its tail': {
    change: ({ open }) => truncateSync(open, 1000),
    fault: 'shorter',
    kept: range(0, 17),
  },
  'is moved away and an empty one made (mv, touch)': {
    change({ open }) {
      renameSync(open, `${open}.1`);
      writeFileSync(open, '');
    },
    fault: 'replaced',
    kept: range(0, 20),
  },
  'is moved away': { change: ({ open }) => renameSync(open, `${open}.1`), fault: 'gone', kept: range(0, 20) },
  'is replaced by an older copy of itself': {
    change: ({ open }, old) => renameSync(old, open),
    fault: 'replaced',
    kept: range(0, 20),
  },
  'is overwritten by an older copy of itself': {
    change: ({ open }, old) => copyFileSync(old, open),
    fault: 'shorter',
    kept: range(0, 10),
  },
  'is replaced by something else': {
    change({ open }) {
      renameSync(open, `${open}.1`);
      writeFileSync(open, 'no log\n'.repeat(1000));
    },
    fault: 'replaced',
    kept: range(0, 20),
  },
  'is overwritten by something else': {
    change: ({ open }) => writeFileSync(open, 'no log\n'.repeat(20)),
    fault: 'shorter',
    kept: [],
  },
  'is appended to': {
    change: ({ open }) => appendFileSync(open, 'no log\n'),
    fault: 'longer',
    kept: range(0, 20),
  },
  'goes with the whole directory of logs': {
    change: ({ root }) => rmSync(root, { recursive: true }),
    fault: 'gone',
    kept: range(0, 20),
  },
};

async function setup(t: Test) {
  const { sealer, failed } = rememberingSealer();
  const stack = new AsyncDisposableStack();
  stack.use(sealer);
  t.teardown(async () => await stack.disposeAsync());
  const directory = t.testdir();
  const paths = pathsIn(join(directory, 'logs'));
  mkdirSync(paths.root);
  const news: FileNews[] = [];
  async function open(): Promise<LogWriter> {
    const writer = await openWriter(paths, { sealer });
    stack.defer(() => writer.openSegment.close());
    writer.onFileNews((one) => void news.push(one));
    return writer;
  }
  const writer = await open();
  appendSamples(writer, 0, 10);
  const old = join(directory, 'old-copy');
  copyFileSync(paths.open, old);
  appendSamples(writer, 10, 20);
  return { paths, old, sealer, failed, news, writer, open };
}

/** The texts of all files in the log's directory. */
function textsIn({ root, directory }: LogPaths): string {
  return [root, directory]
    .flatMap((path) => readdirSync(path, { withFileTypes: true }))
    .flatMap((entry) => (entry.isFile() ? readFileSync(join(entry.parentPath, entry.name), 'latin1') : []))
    .join('');
}

for (const [name, { change, fault, kept }] of Object.entries(CHANGES)) {
  t.test(`log invariant 11: the open segment's file ${name} while its writer runs`, async (t) => {
    const { paths, old, sealer, failed, news, writer } = await setup(t);
    change(paths, old);
    const foreign = /something else|appended/.test(name);
    appendSamples(writer, 20, 25);
    await writer.sync();
    const isWhole = kept.length === 20;
    t.match(news, [{ kind: 'changed', segment: 1, fault }]);
    t.strictSame(writer.interrupted, isWhole ? [] : [1]);
    t.equal(writer.end.segment, 2);
    t.strictSame(await numbersOf(paths), [...kept, ...range(20, 25)], 'what is kept, and what comes after');
    t.equal(textsIn(paths).includes('no log'), foreign, 'what lay there is still readable');

    if (!isWhole) await writer.endInterrupted(1);
    await sealer.idle();
    t.strictSame([[...writer.sealed.keys()], failed], [[1], []]);
    await writer[Symbol.asyncDispose]();
    t.strictSame((await verifyLog(paths)).problems, []);
    t.match(await readLogMeta(paths), { open: 2, cleanEnd: { segment: 2 }, interrupted: [] });
    const lost = news.filter(({ kind }) => kind === 'lost');
    t.equal(lost.length, isWhole ? 0 : 1, 'it is told when nobody had the rest');
  });
}

for (const [name, { change, kept }] of Object.entries(CHANGES)) {
  // What is moved away while nobody has it open is gone for the writer, but for the receiver.
  const isMoved = name.includes('moved away') || name.includes('something else');
  const left = isMoved ? [] : name.includes('older copy') ? range(0, 10) : kept;
  if (name.includes('directory')) continue;
  for (const how of ['stopped', 'killed'] as const) {
    if (how === 'killed' && name.includes('appended')) continue;
    t.test(`log invariant 11: the open segment's file ${name} while its writer is ${how}`, async (t) => {
      const { paths, old, news, writer, open } = await setup(t);
      if (how === 'killed') {
        // So much that its CRC-32 has been noted.
        appendSamples(writer, 20, 21, 100_000);
        await writer.sync();
        writer.openSegment.close();
      } else await writer[Symbol.asyncDispose]();
      change(paths, old);
      const again = await open();
      appendSamples(again, 30, 35);
      t.match(news, [{ kind: 'changed', segment: 1 }]);
      t.strictSame(again.interrupted, [1]);
      t.equal(again.end.segment, 2);
      t.strictSame(await numbersOf(paths), [...left, ...range(30, 35)]);
      if (name.includes('something else'))
        t.match(textsIn(paths), 'no log', 'what lay there is still readable');
    });
  }
}

t.test(
  'log invariant 11: a closed segment that was changed before it was sealed is not sealed',
  async (t) => {
    const { paths, news, writer, sealer } = await setup(t);
    writer.closeSegment(NOON_MS);
    truncateSync(plainSegmentPath(paths, 1), 1000);
    await sealer.idle();
    t.strictSame([writer.interrupted, [...writer.sealed.keys()]], [[1], []]);
    t.match(news, [{ kind: 'changed', segment: 1, fault: 'altered' }]);
  },
);

t.test('giveWay() sets the file of a segment aside and leaves the segment to be healed', async (t) => {
  const { paths, news, writer, sealer } = await setup(t);
  const first = await contentOf(paths, 1);
  writer.closeSegment(NOON_MS);
  await sealer.idle();
  appendSamples(writer, 20, 25);
  await writer.giveWay(2);
  await writer.giveWay(1);
  t.strictSame(writer.interrupted, [1, 2]);
  t.match(await writer.unsealed(), [
    { segment: 1, bytes: 0, crc: 0 },
    { segment: 2, bytes: 0, crc: 0 },
    { segment: 3 },
  ]);
  t.match(news, [
    { segment: 2, fault: 'differs', aside: /^00000002\.differs-.*\.aside$/ },
    { segment: 1, fault: 'differs', aside: /^00000001\.differs-.*\.aside$/ },
  ]);
  await writer.heal(1, 0, Buffer.from(first, 'latin1'));
  await writer.endInterrupted(1);
  await sealer.idle();
  t.equal(await contentOf(paths, 1), first);
});

t.test('a segment proves itself only from where it is known what was appended', async (t) => {
  const { paths, writer, open } = await setup(t);
  t.equal(await writer.isProven(1, 100), true);
  await writer[Symbol.asyncDispose]();
  const stopped = await open();
  t.equal(await stopped.isProven(1, stopped.end.offset), true, 'after a clean stop');
  stopped.openSegment.close();
  const killed = await open();
  t.equal(await killed.isProven(1, 100), false, 'after a kill nobody knows what had been appended');
  await killed[Symbol.asyncDispose]();
  const again = await open();
  t.equal(await again.isProven(1, 100), false, 'a clean stop after that proves nothing');
  const bytes = readFileSync(paths.open);
  bytes.writeUInt8(bytes.readUInt8(500) ^ 1, 500);
  writeFileSync(paths.open, bytes);
  t.equal(await again.isProven(1, 100), false);
  t.strictSame(again.interrupted, [1], 'a file that holds something else is left');
});
