import { execFileSync } from 'node:child_process';
import t from 'tap';
import { parseMoment } from '../../../shared/cli/parse-moment.ts';
import { formatMoment } from '../../../shared/time/format-time.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const read = (text: string) => parseMoment(text, 'before now', NOW);

t.test(
  'parseMoment() reads a time without a zone as the local time of this machine, and with one as it says',
  async (t) => {
    t.equal(read('2026-11-20'), new Date(2026, 10, 20).getTime());
    t.equal(read('2026-11-20T22:00'), new Date(2026, 10, 20, 22).getTime());
    t.equal(read('2026-11-20 22:00:07.5'), new Date(2026, 10, 20, 22, 0, 7, 500).getTime());
    t.equal(read('2026-11-20T22:00Z'), Date.UTC(2026, 10, 20, 22));
    t.equal(read('2026-11-20 22:00 UTC'), Date.UTC(2026, 10, 20, 22));
    t.equal(read('2026-11-20T22:00+05:30'), Date.UTC(2026, 10, 20, 16, 30));
    t.equal(read('2026-11-20T22:00-0300'), Date.UTC(2026, 10, 21, 1));
    t.equal(read('2028-02-29'), new Date(2028, 1, 29).getTime());
  },
);

t.test('parseMoment() reads a span before or after now', async (t) => {
  t.equal(read('90min'), NOW - 90 * 60_000);
  t.equal(parseMoment('8h', 'after now', NOW), NOW + 8 * 3_600_000);
});

t.test('parseMoment() refuses what does not exist, and says what', async (t) => {
  for (const [text, message] of [
    ['2026-02-30', /There is no day 2026-02-30/],
    ['2027-02-29', /There is no day 2027-02-29/],
    ['2026-13-01', /There is no day 2026-13-01/],
    ['2026-00-10', /There is no day/],
    ['2026-11-31T10:00Z', /There is no day 2026-11-31/],
    ['2026-11-20T25:00', /25:00/],
    ['2026-11-20T24:00', /24:00/],
    ['2026-11-20T23:60Z', /23:60/],
    ['2026-11-20T22:00+15:00', /no zone \+15:00/],
    ['2026-11-20T', /Expected a time such as/],
    ['2026-11-20T22', /Expected a time such as/],
    ['2026-11', /Expected a time such as/],
    ['2026-11-20T22:00 tomorrow', /Expected a time such as/],
    ['soon', /Expected a time such as 2026-11-20, .* or a span such as 90min/],
    ['10:00', /Expected a time such as 2026-11-20/],
    ['3 weeks', /Expected a time with its unit/],
  ] as const)
    t.throws(() => read(text), { message }, text);
});

t.test(
  'a time that was printed is read as the same moment, in any zone; one that clocks leave out is refused',
  async (t) => {
    const module = (name: string) => JSON.stringify(new URL(`../../../shared/${name}`, import.meta.url).href);
    const program = `
    import { parseMoment } from ${module('cli/parse-moment.ts')};
    import { formatMoment } from ${module('time/format-time.ts')};
    const read = (text) => parseMoment(text, 'before now', 0);
    const printed = formatMoment(Date.UTC(2026, 6, 1, 12, 30, 5));
    const gap = (() => { try { return read('2026-03-29T02:30'); } catch ({ message }) { return message; } })();
    console.log(JSON.stringify({ printed, read: read(printed.slice(0, 19)), gap }));`;
    const run = (TZ: string) =>
      JSON.parse(
        execFileSync(process.execPath, ['--input-type=module', '-e', program], {
          env: { ...process.env, TZ },
          encoding: 'utf8',
        }),
      );
    t.match(run('Europe/Berlin'), {
      printed: /^2026-07-01 14:30:05 (CEST|GMT\+2) \(12:30:05 UTC\)$/,
      read: Date.UTC(2026, 6, 1, 12, 30, 5),
      gap: /clocks go forward/,
    });
    t.match(run('America/New_York'), {
      read: Date.UTC(2026, 6, 1, 12, 30, 5),
      gap: Date.UTC(2026, 2, 29, 6, 30),
    });
    t.match(formatMoment(NOW), /^2026-11-/);
  },
);
