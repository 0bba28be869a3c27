import t from 'tap';
import { encodeEvent } from '../../../sender/sampler/event-line.ts';

await t.test('an event is a line that begins with its time', (t) => {
  const atMs = Date.parse('2026-11-20T22:00:00.000Z');
  t.equal(
    encodeEvent(atMs, { kind: 'lost', samples: 12, sinceMs: atMs - 12_000, reason: 'disk full' }),
    '{"t":"2026-11-20T22:00:00.000Z","event":{"kind":"lost","samples":12,"since":"2026-11-20T21:59:48.000Z","reason":"disk full"}}',
  );
  const loss = { segment: 7, bytes: 4096, fromMs: atMs - 60_000, toMs: atMs, reason: 'damaged' };
  t.equal(
    encodeEvent(atMs, { kind: 'lost_segment', ...loss }),
    '{"t":"2026-11-20T22:00:00.000Z","event":{"kind":"lost_segment","segment":7,"bytes":4096,"from":"2026-11-20T21:59:00.000Z","to":"2026-11-20T22:00:00.000Z","reason":"damaged"}}',
  );
  t.equal(
    encodeEvent(atMs, { kind: 'interval', sleeptime: 5 }),
    '{"t":"2026-11-20T22:00:00.000Z","event":{"kind":"interval","sleeptime":5}}',
  );
  t.end();
});
