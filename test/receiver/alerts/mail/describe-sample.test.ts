import fc from 'fast-check';
import t from 'tap';
import { describeSample } from '../../../../receiver/alerts/mail/describe-sample.ts';

const GIB = 1024 ** 3;

t.test('describeSample() says for people what a sample holds', async (t) => {
  const line = JSON.stringify({
    t: '2026-11-20T22:00:04.000Z',
    up: 93_600,
    cpu: { n: 4, util: { user: 0.08, system: 0.03, iowait: 0.012, idle: 0.878 } },
    load: [0.42, 0.3],
    mem: { total: 8 * GIB, avail: 6 * GIB, cache: GIB },
    swap: { total: GIB, used: 0 },
    fs: { '/': [30 * GIB, 60 * GIB, 10 * GIB, 0.2], '/boot': [GIB] },
    ro: ['/boot'],
    temp: { cpu: 48.6, nvme0: 39 },
    proc: { n: 141, blocked: 2 },
    future: { unknown: true },
  });
  t.same(describeSample(line, 'UTC'), {
    taken: '2026-11-20 22:00:04 UTC',
    facts: [
      ['cpu', '11 % (user 8 %, system 3 %, iowait 1 %)'],
      ['load', '0.42, 0.30, 0.00 (1, 5, 15 min)'],
      ['memory', '25 % (2.0 GiB of 8.0 GiB)'],
      ['swap', '0 % (0 B of 1.0 GiB)'],
      ['disk /', '33 % (30 GiB of 100 GiB), 60 GiB free'],
      ['disk /boot', '100 % (1.0 GiB of 1.0 GiB), 0 B free, read-only'],
      ['temperature', 'cpu 49 °C, nvme0 39 °C'],
      ['processes', '141, 2 of them waiting for a disk'],
      ['running for', '1 d 2 h'],
    ],
  });
});

t.test('describeSample() passes over what it does not understand', async (t) => {
  for (const line of ['', '{', 'null', '[]', '7', '{}', '{"t":"2026-11-20T22:00:04.000Z","log":"x"}']) {
    t.equal(describeSample(line), undefined, line);
  }
  t.same(describeSample('{"t":5,"cpu":"hot","mem":{"total":0},"fs":[1],"temp":{"a":"b"},"proc":{"n":3}}'), {
    taken: undefined,
    facts: [['processes', '3']],
  });
});

t.test('describeSample() never throws, whatever a line holds', async (t) => {
  const groups = ['t', 'up', 'cpu', 'load', 'mem', 'swap', 'fs', 'ro', 'temp', 'proc'];
  const garbage = fc.dictionary(fc.constantFrom(...groups), fc.jsonValue());
  const isSaid = fc.property(garbage, (sample) => {
    const facts = describeSample(JSON.stringify(sample))?.facts ?? [];
    return !facts.some((fact) => /NaN|undefined|Infinity/.test(fact.join(' ')));
  });
  t.doesNotThrow(() => fc.assert(isSaid, { numRuns: 500 }));
});
