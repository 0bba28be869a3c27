import t from 'tap';
import { decideHole } from '../../../receiver/backup/fill-holes.ts';
import { decideStep, type SourceFacts } from '../../../receiver/backup/next-step.ts';
import type { StoredSegment } from '../../../shared/log/list-segments.ts';
import type { SegmentRecord } from '../../../shared/log/segment-records.ts';

const record = (number: number, isShort = false, sha256 = 'a'): SegmentRecord => {
  return { number, bytes: 1000, sha256, fromMs: 0, toMs: 0, isShort };
};
const stored = (number: number, kind: StoredSegment['kind']): StoredSegment => {
  return { number, kind, path: `/logs/${number}` };
};

/** Segments 3 (sealed), 4 (closed), 6 (sealed, short) and 7 (open); 5 is missing. */
const SOURCE: SourceFacts = {
  stored: [stored(3, 'sealed'), stored(4, 'closed'), stored(6, 'sealed'), stored(7, 'open')],
  records: new Map([record(3), record(4), record(6, true)].map((one) => [one.number, one])),
};

t.test('decideStep() goes from segment to segment', async (t) => {
  const at = (segment: number, offset = 0, appended?: number) =>
    decideStep({ segment, offset }, SOURCE, appended);
  t.match(decideStep(undefined, SOURCE, undefined), { kind: 'begin', segment: 3, missing: undefined });
  t.match(decideStep(undefined, { stored: [], records: new Map() }, undefined), { kind: 'done' });
  t.match(at(3), { kind: 'adopt', record: { number: 3 } });
  t.match(at(3, 500), { kind: 'adopt', record: { number: 3 } }, 'also when a part is there');
  t.match(at(4, 500), { kind: 'close', record: { number: 4 } });
  t.match(at(5), { kind: 'begin', segment: 6, missing: { from: 5, to: 5 } });
  t.match(at(1, 10), { kind: 'begin', segment: 3, missing: { from: 1, to: 2 } });
  t.match(at(6), { kind: 'adopt', record: { number: 6 } });
  t.match(
    at(6, 1200),
    { kind: 'begin', segment: 7, missing: undefined },
    'of a short one, more may be there',
  );
  t.match(at(7), { kind: 'append', segment: 7, isOpen: true });
  t.match(at(7, 10, 7), { kind: 'done' }, 'an open segment is read to its end once');
  t.match(at(8), { kind: 'done' }, 'a copy that is ahead is left alone');
});

t.test('decideStep() passes over a closed segment without a record once it is copied', async (t) => {
  const source = { stored: [stored(1, 'closed'), stored(2, 'open')], records: new Map() };
  t.match(decideStep({ segment: 1, offset: 0 }, source, undefined), { kind: 'append', isOpen: false });
  t.match(decideStep({ segment: 1, offset: 9 }, source, 1), { kind: 'begin', segment: 2 });
});

t.test('decideHole() fetches what is missing, short or damaged, and nothing else', async (t) => {
  const there = { stored: stored(3, 'sealed'), record: record(3) };
  const short = { ...there, record: { ...record(3, true, 'b'), bytes: 400 } };
  t.equal(decideHole(there, record(3), false), 'leave');
  t.equal(decideHole(there, record(3), true), 'fetch');
  t.equal(decideHole({ stored: undefined, record: record(3) }, record(3), false), 'fetch');
  t.equal(decideHole({ stored: undefined, record: undefined }, record(3), false), 'fetch');
  t.equal(decideHole(short, record(3), false), 'fetch');
  t.equal(decideHole(there, { ...record(3, true, 'b'), bytes: 400 }, false), 'leave');
  t.equal(decideHole(there, record(3, false, 'b'), false), 'differs');
});
