import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import t from 'tap';
import { listSegments } from '../../../shared/log/list-segments.ts';
import { type LogPaths, sealedSegmentPath } from '../../../shared/log/log.ts';
import { contentOf, contentsOf, flipByte } from '../../helpers/logs.ts';
import { threeCopies } from './three-copies.ts';

const SEED = Number(process.env['FLEETKEEP_SEED'] ?? Date.now() % 2 ** 32);
const ROUNDS = 20;

/** Ways to damage a sealed segment of a copy. @param share where, 0 to 1 */
const DAMAGES: Readonly<Record<string, (paths: LogPaths, segment: number, share: number) => Promise<void>>> =
  {
    async flip(paths, segment, share) {
      const path = sealedSegmentPath(paths, segment);
      const size = await sizeOf(path);
      if (size > 0) await flipByte(path, Math.floor(share * size));
    },
    async truncate(paths, segment, share) {
      const path = sealedSegmentPath(paths, segment);
      await truncate(path, Math.floor(share * (await sizeOf(path)))).catch(() => undefined);
    },
    remove: async (paths, segment) => await rm(sealedSegmentPath(paths, segment), { force: true }),
    empty: async (paths, segment) => await writeFile(sealedSegmentPath(paths, segment), ''),
    async unrecord(paths, segment) {
      const lines = (await readFile(paths.records, 'utf8')).split('\n');
      await writeFile(
        paths.records,
        lines.filter((line) => !line.includes(`"number":${segment},`)).join('\n'),
      );
    },
  };

t.test(
  `random damage (FLEETKEEP_SEED=${SEED}): what some copy has comes back, and verify is true`,
  async (t) => {
    const { live, mirrored, node, mirror, verify } = await threeCopies(t);
    const random = randomFrom(SEED);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const own = node.writer.paths;
    const whole = await contentsOf(own);
    const pristine = await filesOf(own);
    t.equal((await verify()).verdict, 'sound');
    for (let round = 0; round < ROUNDS; round++) {
      const hurt: string[] = [];
      const segments = new Set<number>();
      // The same segment more than once, in one copy or several: what is damaged everywhere cannot come back.
      for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
        const [copy, paths] = pick([
          ['live', live()] as const,
          ['mirror', mirrored()] as const,
          ['node', own] as const,
        ]);
        const [kind, damage] = pick(Object.entries(DAMAGES));
        const segment = pick([1, 2, 3]);
        segments.add(segment);
        hurt.push(`${kind} ${segment} of ${copy}`);
        await damage(paths, segment, random());
      }
      const before = await verify();
      const isWhole = async () => {
        const found = await Promise.all(
          [live(), mirrored(), own].map(async (paths) => await readable(paths)),
        );
        return found.map((copy) => [...whole].every(([segment, text]) => copy.get(segment) === text));
      };
      const wereWhole = await isWhole();
      if (before.verdict === 'sound') t.strictSame(wereWhole, [true, true, true], `sound before: ${hurt}`);
      await mirror.runNow();
      const after = await verify();
      const areWhole = await isWhole();
      const isEverywhere =
        hurt.some((one) => one.endsWith('live')) &&
        hurt.some((one) => one.endsWith('mirror')) &&
        hurt.some((one) => one.endsWith('node'));
      if (!isEverywhere)
        t.strictSame(areWhole.slice(0, 2), [true, true], `live and mirror are mended: ${hurt}`);
      if (after.verdict === 'sound') t.strictSame(areWhole, [true, true, true], `sound after: ${hurt}`);
      // The node's own files are nobody's to mend here; what was damaged everywhere begins again, too.
      for (const [path, bytes] of pristine) await writeFile(path, bytes);
      if (!isEverywhere) continue;
      for (const paths of [live(), mirrored()])
        for (const segment of segments)
          await writeFile(
            sealedSegmentPath(paths, segment),
            pristine.get(sealedSegmentPath(own, segment)) ?? '',
          );
      await mirror.runNow();
    }
    t.equal((await verify()).verdict, 'sound', 'and in the end everything is as it was');
  },
);

/** The files of a copy's sealed segments, and their records. */
async function filesOf(paths: LogPaths): Promise<ReadonlyMap<string, Buffer>> {
  const names = (await readdir(paths.directory)).filter((name) =>
    /^\d{8}\.ndjson\.zst$|^segments/.test(name),
  );
  const files = names.map((name) => join(paths.directory, basename(name)));
  return new Map(await Promise.all(files.map(async (path) => [path, await readFile(path)] as const)));
}

/** What can be read of a copy; a segment that cannot be decoded is left out. */
async function readable(paths: LogPaths): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  for (const { number } of await listSegments(paths)) {
    const text = await contentOf(paths, number).catch(() => undefined);
    if (text !== undefined) found.set(number, text);
  }
  return found;
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Numbers in [0, 1), the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
