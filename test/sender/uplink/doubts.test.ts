import t from 'tap';
import { Doubts, type Verdict } from '../../../sender/uplink/doubts.ts';
import { type SegmentFault, SegmentUnreadableError } from '../../../shared/log/read-proven.ts';

const MINUTE_MS = 60_000;

function unreadable(fault: SegmentFault, soundBytes = 0, number = 3): SegmentUnreadableError {
  const record = { number, bytes: 1000, sha256: '', fromMs: 0, toMs: 0, isShort: false };
  return new SegmentUnreadableError(record, fault, soundBytes, 'a test');
}

/** Reads again after each wait that is asked for, until it is believed: what was asked for, ms. */
function waitsOf(doubts: Doubts, error: SegmentUnreadableError): readonly number[] {
  const waits: number[] = [];
  let monotonicMs = 0;
  for (let verdict: Verdict = { kind: 'again', waitMs: 0 }; verdict.kind === 'again'; ) {
    monotonicMs += verdict.waitMs;
    verdict = doubts.failed(error, { nowMs: 0, monotonicMs });
    if (verdict.kind === 'again') waits.push(verdict.waitMs);
    if (waits.length > 1000) throw new Error('it is never believed');
  }
  return waits;
}

t.test('damage is believed at the third reading, after ten seconds', async (t) => {
  t.strictSame(waitsOf(new Doubts(), unreadable('damaged')), [5000, 5000]);
});

t.test('a disk that says EIO is asked for ten minutes, a file that is gone for one', async (t) => {
  t.strictSame(waitsOf(new Doubts(), unreadable('unreadable')), Array(10).fill(MINUTE_MS));
  t.strictSame(waitsOf(new Doubts(), unreadable('missing')), Array(4).fill(15_000));
});

t.test('readings that follow one another faster than they should are believed no sooner', async (t) => {
  const doubts = new Doubts();
  const verdicts = [0, 1, 2, 3, 9_999, 10_000].map(
    (monotonicMs) => doubts.failed(unreadable('damaged'), { nowMs: 0, monotonicMs }).kind,
  );
  t.strictSame(verdicts, ['again', 'again', 'again', 'again', 'again', 'believe']);
});

t.test('another segment, another fault and a reading that gets further begin anew', async (t) => {
  const next = [unreadable('damaged', 0, 4), unreadable('unreadable'), unreadable('damaged', 500)];
  for (const other of next) {
    const doubts = new Doubts();
    for (const monotonicMs of [0, 5000])
      doubts.failed(unreadable('damaged'), { nowMs: monotonicMs, monotonicMs });
    t.equal(doubts.failed(other, { nowMs: 77, monotonicMs: 10_000 }).kind, 'again');
    t.match(doubts.current, { segment: other.record.number, readings: 1, sinceMs: 77 });
  }
});

t.test('a disk that gets now less, now as far as before is not asked for ever', async (t) => {
  const doubts = new Doubts();
  const verdicts = [500, 0, 500].map(
    (soundBytes, index) =>
      doubts.failed(unreadable('damaged', soundBytes), { nowMs: 0, monotonicMs: index * 5000 }).kind,
  );
  t.strictSame(verdicts, ['again', 'again', 'believe']);
});

t.test('what has been passed is in doubt no more', async (t) => {
  const doubts = new Doubts();
  t.equal(doubts.current, undefined);
  doubts.failed(unreadable('damaged'), { nowMs: 5, monotonicMs: 0 });
  doubts.forgetBefore(3);
  const reason = 'segment 3 cannot be read beyond byte 0: a test';
  t.strictSame(doubts.current, { segment: 3, reason, sinceMs: 5, readings: 1 });
  doubts.forgetBefore(4);
  t.equal(doubts.current, undefined);
});
