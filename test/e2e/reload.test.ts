import { once } from 'node:events';
import { createServer } from 'node:net';
import PostalMime from 'postal-mime';
import t from 'tap';
import { findFreePort, openLines, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { logsOf } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };

t.setTimeout(600_000);

t.test(
  'a changed config.json holds at once, no connection is dropped for it, and what cannot be is refused',
  async (t) => {
    const [port, next] = [await findFreePort(), await findFreePort()];
    const place = await preparePlace(t.testdir(), { web: { port }, log_level: 'info' });
    await using receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    const isServed = async (at: number) =>
      (await fetch(`http://127.0.0.1:${at}/healthz`).catch(() => undefined))?.ok === true;
    const lines = () => openLines(logsOf(place, 'receiver'), '7').length;
    await until(() => lines() > 3, { ...PATIENT, what: 'lines' });
    t.ok(await isServed(port));

    const changed = {
      to_addr: 'bob@example.org',
      alerts: { disconnect_grace_seconds: 0, rules: { cpu: { raise: 0.99 } } },
      nodes: { 7: { tags: ['lab'] } },
      mirror: { allow_same_device: true, schedule: '30 * * * *' },
      web: { port: next },
      log_level: 'info',
    };
    place.configure({
      ...changed,
      receiver: { data_directory: 'receiver', commit_seconds: 0.02, workers: 2 },
    });
    const { stdout } = await place.run('receiver', 'reload');
    // The receiver looks by itself, too, and may have been first.
    const hasRead = () => /"applied":\[[^\]]*"to_addr"/.test(receiver.stderr());
    await until(hasRead, { ...PATIENT, what: () => `what holds now in the log: ${receiver.stderr()}` });
    for (const key of ['alerts.disconnect_grace_seconds', 'mirror.schedule', 'nodes', 'web.port'])
      t.match(receiver.stderr(), new RegExp(`"applied":\\[[^\\]]*"${key}`), key);
    t.match(stdout, /holds after a restart: receiver.workers/);
    t.ok(await isServed(next), 'the pages are at the new port');
    t.notOk(await isServed(port));
    const before = lines();
    await until(() => lines() > before + 5, { ...PATIENT, what: 'more lines' });
    t.notMatch(receiver.stderr(), /node disconnected/, 'on the connection that was there before');

    const taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');
    place.configure({ ...changed, web: { port }, to_addr: 'carol@example.org' });
    const refused = await place.run('receiver', 'reload');
    t.match(refused, { code: 1, stderr: /cannot serve the web app on .*EADDRINUSE/s });
    await until(() => isServed(next), { ...PATIENT, what: 'the pages, where they were' });
    place.configure(changed);
    await until(async () => (await place.run('receiver', 'reload')).code === 0, {
      ...PATIENT,
      what: 'a sound one',
    });
    // Not sooner: the receiver, which looks by itself, too, would find the port free and take it.
    taken.close();

    await sender.end('SIGKILL');
    const mail = await until(() => place.mails()[0], { ...PATIENT, what: 'the mail, without a grace' });
    const { to, subject } = await PostalMime.parse(mail);
    t.match(subject, /node 7.*is down/);
    t.equal(to?.[0]?.address, 'bob@example.org', 'to who was to be told when it was refused');
    await receiver.end();
    t.equal(receiver.child.exitCode, 0, 'it ends in good order');
  },
);
