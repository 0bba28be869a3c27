import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { makeCode, startNode } from '../helpers/joining.ts';
import { findFreePort, openLines, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { logsOf } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 40_000 };

t.setTimeout(600_000);

t.test(
  'no secret stands in what the programs say of themselves, however much that is and whatever fails',
  async (t) => {
    const requests: string[] = [];
    const refusing = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.writeHead(500).end('no');
    }).listen(0, '127.0.0.1');
    t.teardown(() => void refusing.close());
    await until(() => refusing.listening, { ...PATIENT, what: 'the server that refuses everything' });
    const url = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`;
    const nobody = await findFreePort();
    const place = await preparePlace(t.testdir(), {
      log_level: 'debug',
      mail: { smtp: { host: '127.0.0.1', port: nobody, user: 'ann', password: 'hush-mail' } },
      alerts: {
        disconnect_grace_seconds: 0,
        heartbeat: { url: `${url}/hush-heartbeat`, every_seconds: 15 },
        channels: {
          team: { kind: 'slack', url: `${url}/services/hush-slack` },
          desk: { kind: 'webhook', url: `${url}/desk`, secret: 'hush-webhook' },
          phone: { kind: 'ntfy', url: `${url}/topic`, token: 'hush-ntfy' },
        },
      },
    });
    await using receiver = await place.start('receiver');
    const code = await makeCode(place, '--node', '7');
    const node = await startNode(place, 'one', '--join', code);
    t.teardown(() => node.end('SIGKILL'));
    await until(() => openLines(logsOf(place, 'receiver'), '7').length > 3, { ...PATIENT, what: 'lines' });
    // A code that was used up, and one that is none, are among what fails.
    t.equal(
      (await place.run('sender', 'start', '--join', code, '--data-directory', join(place.directory, 'two')))
        .code,
      1,
    );
    await node.end('SIGKILL');
    const asked = (path: string) => () => requests.some((request) => request.startsWith(path));
    for (const path of ['/hush-heartbeat', '/services/hush-slack', '/desk'])
      await until(asked(path), {
        ...PATIENT,
        what: `a request to ${path}; there were ${requests.join(', ')}`,
      });
    await until(() => requests.includes('/'), {
      ...PATIENT,
      what: 'a request to ntfy, which has the topic in its body',
    });
    await until(() => receiver.stderr().includes('connection refused'), {
      ...PATIENT,
      what: () => `the mail to fail; ${receiver.stderr()}`,
    });
    await receiver.end();

    const { secret, credential } = JSON.parse(
      readFileSync(join(place.directory, 'one/credentials.json'), 'utf8'),
    ) as {
      secret: string;
      credential: string;
    };
    t.ok(
      secret.length > 20 && credential.length > 20 && existsSync(join(place.directory, 'receiver/fleet.db')),
    );
    const said = { receiver: receiver.stderr(), sender: node.stderr() };
    for (const [program, text] of Object.entries(said)) {
      t.ok(text.length > 100, `the ${program} has said something`);
      for (const hushed of ['hush-', code, code.slice(0, 40), secret])
        t.notOk(text.includes(hushed), `${program}: not ${hushed}`);
    }
  },
);
