import { cpus, totalmem } from 'node:os';
import t from 'tap';
import { startSampler } from '../../../../sender/sampler/sampler.ts';
import { startTopProcesses } from '../../../../sender/sampler/top-processes.ts';
import { until } from '../../../helpers/until.ts';
import { parseLine } from '../lay-out-machine.ts';

await t.test('without /proc a sample has the same shape', async (t) => {
  await using sampler = await startSampler({ platform: 'darwin' });
  const sample = await until(
    async () => {
      const taken = parseLine(sampler.sample(Date.parse('2026-11-20T22:00:00.000Z')));
      return 'mem' in taken && 'fs' in taken && taken.cpu.util !== undefined && taken;
    },
    { timeoutMs: 20_000, what: 'the readings that come in the background' },
  );
  t.equal(sample.t, '2026-11-20T22:00:00.000Z');
  t.equal(sample.cpu.n, cpus().length);
  t.equal(sample.mem.total, totalmem());
  t.equal(typeof sample.boot, 'string');
  t.ok(sample.up > 0);
});

await t.test('without /proc the largest processes are told as well', async (t) => {
  const top = await startTopProcesses({ platform: 'darwin' });
  const { mem } = parseLine(await top.read(0)).top;
  t.ok(mem.length > 0 && mem.length <= 5);
  t.ok(mem.every(({ pid, rss }: { readonly pid: number; readonly rss: number }) => pid > 0 && rss > 0));
});
