import t from 'tap';
import { unlessStopped, whenStopped } from '../../../shared/cli/unless-stopped.ts';

/** A part that starts when it is let, and says how often it was ended. */
function slowPart() {
  const started = Promise.withResolvers<AsyncDisposable>();
  const ends: number[] = [];
  const part = { [Symbol.asyncDispose]: async () => void ends.push(ends.length) };
  return { starting: started.promise, finish: () => started.resolve(part), fail: started.reject, part, ends };
}

t.test('unlessStopped() gives what has started', async (t) => {
  const { starting, finish, part, ends } = slowPart();
  finish();
  t.equal(await unlessStopped(starting, new AbortController().signal), part);
  t.strictSame(ends, []);
});

t.test(
  'unlessStopped() ends what starts after the signal, and what had started just before it',
  async (t) => {
    for (const isEarly of [true, false]) {
      const { starting, finish, ends } = slowPart();
      const stop = new AbortController();
      if (isEarly) finish();
      const result = unlessStopped(starting, stop.signal);
      stop.abort();
      finish();
      t.equal(await result, undefined);
      t.strictSame(ends, [0]);
    }
  },
);

t.test('unlessStopped() hands on why a start failed', async (t) => {
  const { starting, fail } = slowPart();
  fail(new Error('the port is taken'));
  await t.rejects(unlessStopped(starting, new AbortController().signal), { message: 'the port is taken' });
});

t.test('unlessStopped() waits for a start that hangs for seconds only', async (t) => {
  const { starting, fail } = slowPart();
  const begunMs = performance.now();
  t.equal(await unlessStopped(starting, AbortSignal.abort()), undefined);
  t.ok(performance.now() - begunMs < 8000);
  fail(new Error('nobody is interested any more'));
});

t.test('whenStopped() resolves at once when the signal came before', async (t) => {
  await whenStopped(AbortSignal.abort());
  t.pass();
});
