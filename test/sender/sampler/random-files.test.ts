import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { startSampler } from '../../../sender/sampler/sampler.ts';
import { startTopProcesses } from '../../../sender/sampler/top-processes.ts';
import { holds } from '../../helpers/holds.ts';
import { fixtureStatfs, layOutMachine, parseLine } from './lay-out-machine.ts';

/** Bytes of any kind, and bytes that look almost like what the kernel writes. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'cpu',
          'cpu0',
          'cpu9007199254740993',
          'MemTotal:',
          'some',
          '/',
          '__proto__',
          'sda',
          'eth0:',
          '-',
          '(',
          ')',
        ),
        fc.constantFrom(
          '\n',
          ' ',
          '-1',
          '18446744073709551616',
          '1e9',
          '0.5',
          '\\040',
          '\u0000',
          'constructor:',
        ),
        fc.nat().map(String),
        fc.string(),
      ),
      { maxLength: 60 },
    )
    .map((words) => Buffer.from(words.join(' '))),
);

await t.test('sampler invariant 3 and 4: whatever its files hold, a sample is valid JSON', async (t) => {
  const root = layOutMachine(t, 'laptop');
  mkdirSync(join(root, 'proc/1'), { recursive: true });
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => !file.startsWith('later') && statSync(join(root, file)).isFile(),
  );
  for (const read of ['proc/stat', 'proc/meminfo', 'proc/self/net/dev', 'proc/self/mountinfo'])
    t.ok(files.includes(read), `${read} is among the ${files.length} that are filled`);
  await holds(
    t,
    fc.asyncProperty(
      fc.array(content, { minLength: files.length, maxLength: files.length }),
      async (contents) => {
        for (const [index, file] of files.entries()) writeFileSync(join(root, file), contents[index] ?? '');
        await using sampler = await startSampler({ root, platform: 'linux', statfs: fixtureStatfs });
        const line = sampler.sample(0);
        for (const [index, file] of files.entries())
          writeFileSync(join(root, file), contents.at(-index - 1) ?? '');
        const second = sampler.sample(1000);
        const top = await (await startTopProcesses({ root, platform: 'linux' })).read(0);
        return [line, second, top].every(
          (one) => typeof parseLine(one) === 'object' && Buffer.byteLength(one) <= 65_536,
        );
      },
    ),
    { numRuns: 60 },
  );
});

await t.test('sampler invariant 6: ratios lie in 0–1, whatever the counters do', async (t) => {
  const root = layOutMachine(t, 'container');
  const ticks = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 8, maxLength: 8 });
  await using sampler = await startSampler({ root, platform: 'linux', statfs: fixtureStatfs });
  await holds(
    t,
    fc.asyncProperty(ticks, ticks, async (total, core) => {
      writeFileSync(join(root, 'proc/stat'), `cpu  ${total.join(' ')} 0 0\ncpu0 ${core.join(' ')} 0 0\n`);
      const { cpu } = parseLine(sampler.sample(0));
      const ratios: unknown[] = [...Object.values(cpu.util ?? {}), ...(cpu.core ?? []).flat()];
      return ratios.every(
        (ratio) => ratio === null || (typeof ratio === 'number' && ratio >= 0 && ratio <= 1),
      );
    }),
    { numRuns: 200 },
  );
});
