import t from 'tap';
import { formatSample } from '../../../sender/sampler/format-sample.ts';
import { formatBytes, formatDuration } from '../../../sender/sampler/format-units.ts';
import { startSampler } from '../../../sender/sampler/sampler.ts';
import { fixtureStatfs, layOutMachine, type MachineName, oneSecondLater } from './lay-out-machine.ts';

for (const machine of ['raspberry-pi', 'server', 'container', 'laptop'] satisfies MachineName[]) {
  await t.test(`a sample of the ${machine} is readable`, async (t) => {
    const root = layOutMachine(t, machine);
    await using sampler = await startSampler({ root, platform: 'linux', statfs: fixtureStatfs });
    const previous = sampler.sample(Date.parse('2026-11-20T21:59:59.000Z'));
    oneSecondLater(root, machine);
    const line = sampler.sample(Date.parse('2026-11-20T22:00:00.000Z'));
    t.matchSnapshot(formatSample(line, { previous }), 'as rates');
    t.matchSnapshot(formatSample(line), 'as totals');
    t.ok(formatSample(line, { hasColour: true }).includes('\u001b[1m'), 'in colour when asked');
    t.notOk(formatSample(line).includes('\u001b'), 'never otherwise');
  });
}

await t.test('what is no sample is shown as it is', (t) => {
  for (const line of ['', '{', '{"t":"2026-11-20T22:00:00.000Z","event":{}}', 'null'])
    t.equal(formatSample(line), line);
  t.equal(formatSample('{"t":"2026-11-20T22:00:00.000Z","cpu":{}}'), '2026-11-20 22:00:00.000 UTC');
  t.end();
});

await t.test('bytes have three digits, time two units', (t) => {
  t.same([0, 1, 999, 1000, 1536, 1_500_000, 15_728_640_000, 2 ** 62].map(formatBytes), [
    '0 B',
    '1 B',
    '999 B',
    '0.98 KiB',
    '1.50 KiB',
    '1.43 MiB',
    '14.6 GiB',
    '4.00 EiB',
  ]);
  t.same([0, 59.9, 61, 3600, 90_061].map(formatDuration), ['0 s', '59 s', '1 min 1 s', '1 h', '1 d 1 h']);
  t.end();
});
