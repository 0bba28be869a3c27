import t from 'tap';
import { startHeartbeat } from '../../../receiver/alerts/heartbeat.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { startHttpServer } from '../../helpers/http.ts';
import { preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';

const MINUTE_MS = 60_000;
const PATIENT = { timeoutMs: 20_000 };

t.setTimeout(600_000);

t.test(
  'it calls while the receiver is well, says why when it is not, and goes on after silence',
  async (t) => {
    await using server = await startHttpServer();
    const clock = fakeClock();
    let troubles: readonly string[] = [];
    const heartbeat = startHeartbeat({
      ...{ url: `${server.origin}/ping/abc?x=1`, intervalMs: MINUTE_MS, timeoutMs: 200, clock },
      troubles: () => troubles,
      log: createLogger('silent'),
    });
    const calls = () => server.requests.map(({ method, path, body }) => `${method} ${path} ${body}`.trim());
    const called = async (count: number) =>
      await until(
        async () => {
          if (calls().length >= count) return true;
          await clock.advance(1_000);
          return false;
        },
        { ...PATIENT, what: () => `${count} calls; there were ${calls().join(', ')}` },
      );

    await called(2);
    t.strictSame(calls(), ['POST /ping/abc/start?x=1', 'POST /ping/abc?x=1']);
    troubles = ['the mirror is missing', '3 messages cannot be sent'];
    await clock.advance(MINUTE_MS);
    await called(3);
    t.equal(calls()[2], 'POST /ping/abc/fail?x=1 the mirror is missing\n3 messages cannot be sent');
    troubles = [];
    server.answer('silence', { status: 500 }, 'hang up');
    for (const count of [4, 5, 6, 7]) {
      await clock.advance(MINUTE_MS);
      await called(count);
    }
    t.equal(calls().at(-1), 'POST /ping/abc?x=1', 'it never stops calling');
    await heartbeat[Symbol.asyncDispose]();
    await clock.advance(10 * MINUTE_MS);
    t.equal(calls().length, 7, 'but when it is stopped');
  },
);

t.test('a receiver that is configured so calls when it starts', async (t) => {
  await using server = await startHttpServer();
  const place = await preparePlace(t.testdir(), {
    alerts: { heartbeat: { url: `${server.origin}/secret-path` } },
  });
  await using receiver = await place.start('receiver');
  await until(() => server.requests.length >= 2, { ...PATIENT, what: 'the first calls' });
  t.strictSame(
    server.requests.slice(0, 2).map(({ path }) => path),
    ['/secret-path/start', '/secret-path'],
  );
  t.notMatch(receiver.stderr(), /secret-path/, 'the URL is a secret');
});
