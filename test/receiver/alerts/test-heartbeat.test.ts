import t from 'tap';
import { testHeartbeat } from '../../../receiver/alerts/test-heartbeat.ts';
import { startHttpServer } from '../../helpers/http.ts';
import { findFreePort, preparePlace } from '../../helpers/programs.ts';
import { makeCertificate } from '../../helpers/smtp.ts';

t.setTimeout(600_000);

t.test(
  'testHeartbeat() calls the switch once, or says in words what is wrong, and never the URL',
  async (t) => {
    await using server = await startHttpServer();
    const url = `${server.origin}/secret`;
    t.equal(await testHeartbeat(url), `127.0.0.1:${server.port}`);
    t.equal(server.requests.length, 1);
    server.answer({ status: 404, body: 'not found' }, 'silence');
    await t.rejects(testHeartbeat(url), { message: /answered HTTP 404: not found/, hint: /heartbeat\.url/ });
    await t.rejects(testHeartbeat(url, 100), { message: /did not answer within 0\.1 s/ });
    const nobody = `http://127.0.0.1:${await findFreePort()}/secret`;
    await t.rejects(testHeartbeat(nobody), { message: /nothing listens at 127\.0\.0\.1/ });
    await t.rejects(testHeartbeat('http://fleetkeep.invalid/secret'), { message: /unknown host/ });
    await using encrypted = await startHttpServer(makeCertificate(t.testdir()));
    const error = await testHeartbeat(`https://127.0.0.1:${encrypted.port}/secret`).catch(
      (reason: Error) => reason,
    );
    t.match(error, { message: /certificate of .* was refused/ });
    t.notMatch(String(error), 'secret');
    await t.rejects(testHeartbeat(undefined), { message: /no dead man's switch is configured/ });
  },
);

t.test('fleetkeep-receiver test-channel heartbeat', async (t) => {
  await using server = await startHttpServer();
  const place = await preparePlace(t.testdir(), {
    alerts: { heartbeat: { url: `${server.origin}/secret` } },
  });
  const { code, stdout } = await place.run('receiver', 'test-channel', 'heartbeat');
  t.equal(stdout, `the dead man's switch at 127.0.0.1:${server.port} was called\n`);
  t.equal(code, 0);
});
