import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { joinedBefore } from '../helpers/known-nodes.ts';
import { openLines, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { logsOf } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 40_000 };

t.setTimeout(600_000);

t.test('wrong settings and commands are told in a sentence, with exit code 2', async (t) => {
  const place = await preparePlace(t.testdir());
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ sleeptme: 1 }, /unknown key "sleeptme"; did you mean "sleeptime"\?/],
    [{ number_of_nodes: 'many' }, /number_of_nodes is "many", but must be/],
  ];
  for (const [config, message] of cases) {
    place.configure(config);
    const { code, stderr } = await place.run('receiver', 'start');
    t.equal(code, 2);
    t.match(stderr, message);
    t.notMatch(stderr, / {4}at /, 'no stack');
  }
  place.configure({});
  t.match(await place.run('receiver', 'strat'), { code: 2, stderr: /Did you mean start\?/ });
  t.match(await place.run('receiver', 'log', '../x'), { code: 1, stderr: /is not a node name/ });
  t.match(await place.run('receiver', 'restore'), { code: 2, stderr: /say either which node, or --all/ });
  for (const program of ['receiver', 'sender'] as const) {
    t.match(await place.run(program, '--help'), { code: 0, stdout: /Exit codes: 0 fine/ });
  }
});

t.test(
  'a taken port, a file where a directory should be, a second program, nobody there: exit code 1 and a hint',
  async (t) => {
    const place = await preparePlace(t.testdir());
    const server = createServer().listen(place.port, '127.0.0.1');
    await once(server, 'listening');
    t.match(await place.run('receiver', 'start'), {
      code: 1,
      stderr: /another program already listens on 127\.0\.0\.1/,
    });
    server.close();
    writeFileSync(join(place.directory, 'file'), '');
    const inFile = ['--data-directory', join(place.directory, 'file/x')];
    t.match(await place.run('receiver', 'start', ...inFile), { code: 1, stderr: /ENOTDIR/ });
    t.match(await place.run('sender', 'start', ...inFile), { code: 1, stderr: /ENOTDIR/ });
    t.match(await place.run('receiver', 'status'), { code: 1, stderr: /no fleetkeep-receiver runs in/ });
    t.match(await place.run('sender', 'status'), { code: 1, stderr: /no fleetkeep-sender runs in/ });

    t.match(await place.run('sender', 'start'), {
      code: 1,
      stderr: /this machine has not joined a receiver[\s\S]*fleetkeep-receiver join-code/,
    });
    t.match(await place.run('sender', 'start', '--join', 'fk1-AAAA'), { code: 2, stderr: /is no join code/ });
    await joinedBefore(join(place.directory, 'sender'), '7', place.port);
    await using _sender = await place.start('sender');
    await until(() => openLines(logsOf(place, 'sender'), '7').length > 3, {
      ...PATIENT,
      what: 'samples without a receiver',
    });
    t.match(await place.run('sender', 'start'), {
      code: 1,
      stderr: /another fleetkeep-sender \(pid \d+\) works in/,
    });
    t.match(await place.run('sender', 'start', '--if-not-running', '--quiet'), { code: 0, stdout: '' });
  },
);
