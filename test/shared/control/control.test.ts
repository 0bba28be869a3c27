import { rmSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import { startControl } from '../../../shared/control/control.ts';
import { openControlAddress } from '../../../shared/control/control-address.ts';
import { type RequestControlOptions, requestControl } from '../../../shared/control/request-control.ts';
import { splitLines } from '../../../shared/control/split-lines.ts';
import { UsageError } from '../../../shared/errors/errors.ts';
import { until } from '../../helpers/until.ts';
import { startProgram } from './start-program.ts';

const QUIET = { name: 'receiver', log: pino({ level: 'silent' }), handlers: {} } as const;

function ask(
  directory: string,
  command: string,
  more: Partial<RequestControlOptions> = {},
): Promise<unknown> {
  return requestControl({ directory, name: 'receiver', command, ...more });
}

function connectTo(directory: string): Socket {
  using address = openControlAddress(directory);
  return createConnection(address.path).on('error', () => undefined);
}

/** Everything that a socket says until it is closed, a message a line. */
async function listen(socket: Socket): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const messages = [];
  for await (const line of splitLines(socket, 1e9)) messages.push(JSON.parse(line));
  return messages;
}

await t.test('control invariant 1: of ten programs started at once exactly one wins', async (t) => {
  const directory = t.testdir();
  await using stack = new AsyncDisposableStack();
  const programs = Array.from({ length: 10 }, () => stack.use(startProgram(directory)));
  await until(() => programs.every((one) => one.events.length > 0), {
    timeoutMs: 60_000,
    what: 'all to decide',
  });

  const winners = programs.filter((one) => one.events[0]?.event === 'started');
  t.equal(winners.length, 1);
  const losers = programs.filter((one) => one.events[0]?.['code'] === 'ALREADY_RUNNING');
  t.equal(losers.length, 9);
  const pid = winners[0]?.child.pid;
  t.equal(await ask(directory, 'pid'), pid, 'the winner is the one that answers');
  const message = losers.at(-1)?.events[0]?.['message'];
  t.match(message, `another fleetkeep-receiver (pid ${pid}) works in ${directory}`);
});

await t.test('control invariant 1: after kill -9 the next one takes over at once', async (t) => {
  const directory = t.testdir();
  await using first = startProgram(directory);
  await first.heard('started');
  await first.kill('SIGKILL');
  t.match(
    await readdir(directory),
    ['control.sock', 'format.json', 'lock.db', 'lock.json'],
    'it left everything behind',
  );
  await t.rejects(ask(directory, 'pid'), { code: 'NOT_RUNNING', hint: /fleetkeep-receiver start/ });

  await using second = startProgram(directory);
  await second.heard('started');
  t.equal(await ask(directory, 'pid'), second.child.pid);
});

await t.test(
  'control invariant 1: the lock holds within one process, too, and is free after disposal',
  async (t) => {
    const directory = join(t.testdir(), 'made', 'on', 'the', 'way');
    const first = await startControl({ ...QUIET, directory });
    await t.rejects(startControl({ ...QUIET, directory, name: 'sender' }), {
      code: 'ALREADY_RUNNING',
      message: `another fleetkeep-receiver (pid ${process.pid}) works in ${directory}`,
    });
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    t.same(await readdir(directory), ['format.json', 'lock.db'], 'an orderly stop leaves the lock alone');
    await using second = await startControl({ ...QUIET, directory });
    t.ok(second);
  },
);

await t.test(
  'control invariant 1: a removed lock.db lets no second one in while the first answers',
  async (t) => {
    const directory = t.testdir();
    await using _first = await startControl({ ...QUIET, directory });
    rmSync(join(directory, 'lock.db'));
    await t.rejects(startControl({ ...QUIET, directory }), { code: 'ALREADY_RUNNING' });
    t.ok(
      await until(() => statSync(join(directory, 'control.sock')).isSocket(), {
        timeoutMs: 1,
        what: 'the socket',
      }),
    );
  },
);

await t.test(
  'control invariant 2: directory and socket are for the owner only, whatever the umask',
  async (t) => {
    const directory = join(t.testdir(), 'data');
    const umask = process.umask(0);
    t.teardown(() => process.umask(umask));
    await using _control = await startControl({ ...QUIET, directory });
    t.equal(statSync(directory).mode & 0o777, 0o700);
    t.equal(statSync(join(directory, 'control.sock')).mode & 0o777, 0o600);
    t.equal(statSync(join(directory, 'lock.json')).mode & 0o777, 0o600);
    t.equal(process.umask(0), 0, 'the umask is what it was');
  },
);

await t.test('startControl() refuses a directory that cannot be used', async (t) => {
  const directory = join(t.testdir({ file: '' }), 'file');
  await t.rejects(startControl({ ...QUIET, directory }), {
    code: 'DIRECTORY_UNUSABLE',
    hint: /data_directory/,
  });
});

await t.test('a data directory may be deeper than a socket path is long', async (t) => {
  const directory = join(t.testdir(), 'd'.repeat(100), 'e'.repeat(100));
  await t.rejects(ask(directory, 'pid'), { code: 'NOT_RUNNING' }, 'also before it exists');
  await using program = startProgram(directory);
  await program.heard('started');
  t.equal(await ask(directory, 'pid'), program.child.pid);
  await program.kill('SIGTERM');
  t.same(await readdir(directory), ['format.json', 'lock.db']);
  await t.rejects(ask(directory, 'pid'), { code: 'NOT_RUNNING' });
});

await t.test('one program', async (t) => {
  const directory = t.testdir();
  await using program = startProgram(directory);
  await program.heard('started');

  await t.test('answers with the value of its handler', async (t) => {
    t.same(await ask(directory, 'echo', { args: { text: 'a\nb', list: [1, null] } }), {
      text: 'a\nb',
      list: [1, null],
    });
    t.equal(await ask(directory, 'nothing'), null);
    t.same(await ask(directory, 'echo'), {}, 'without arguments');
  });

  await t.test('tells what a handler threw, as the same kind of error', async (t) => {
    await t.rejects(ask(directory, 'refuse'), {
      name: 'UserError',
      code: 'NODE_UNKNOWN',
      message: 'no such node: why',
      hint: 'Ask for another.',
    });
    await t.rejects(ask(directory, 'bug'), { name: 'Error', message: 'undefined is not a function' });
    await t.rejects(ask(directory, 'large'), { message: /too long for one message/ });
    await t.rejects(ask(directory, 'toString'), UsageError, 'an unknown command is wrong usage');
  });

  await t.test('sends no faster than the reader takes (64 MB), and leaves nothing out', async (t) => {
    const seen: unknown[] = [];
    let sentAtFirst: unknown;
    const result = await ask(directory, 'count', {
      args: { count: 1000, sizeBytes: 64_000 },
      onProgress: async (value) => {
        if (seen.length === 0) {
          // We stand still: a program without backpressure would say here that all is sent.
          await ask(directory, 'pid');
          await ask(directory, 'pid');
          sentAtFirst = program.events.findLast((one) => one.event === 'sent')?.['count'];
        }
        seen.push((value as { readonly i: number }).i);
      },
    });
    t.equal(result, 'done');
    t.same(
      seen,
      Array.from({ length: 1000 }, (_, i) => i),
    );
    t.not(sentAtFirst, 1000);
  });

  await t.test(
    'control invariant 3: a handler that never waits for its reader fills no memory',
    async (t) => {
      const socket = connectTo(directory);
      socket.write('{"command":"careless"}\n');
      await program.heard('aborted');
      socket.destroy();
      t.equal(await ask(directory, 'pid'), program.child.pid);
    },
  );

  await t.test('control invariant 3: garbage is answered and hurts nobody', async (t) => {
    for (const garbage of [
      '\n',
      'GET / HTTP/1.1\r\n\r\n',
      '{}\n',
      '[]\n',
      'null\n',
      '{"command":7}\n',
      '\xff\0\n',
    ]) {
      const socket = connectTo(directory);
      socket.write(garbage, 'latin1');
      t.match(await listen(socket), [{ kind: 'error', code: 'USAGE' }], JSON.stringify(garbage));
    }
    t.equal(await ask(directory, 'pid'), program.child.pid);
  });

  await t.test('control invariant 3: a flood without a newline is cut off', async (t) => {
    const socket = connectTo(directory);
    const flood = () => {
      while (!socket.destroyed && socket.write('x'.repeat(10_000)));
    };
    socket.on('connect', flood).on('drain', flood);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    await closed;
    t.equal(await ask(directory, 'pid'), program.child.pid);
    await t.rejects(ask(directory, 'echo', { args: 'x'.repeat(64 * 1024) }), { code: /USAGE|NOT_RUNNING/ });
  });

  await t.test('control invariant 3: the 33rd client is told to come again, 32 are served', async (t) => {
    const idle = Array.from({ length: 32 }, () => connectTo(directory));
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    await t.rejects(ask(directory, 'pid'), { message: /32 commands/ });
    for (const socket of idle) socket.destroy();
    await until(() => ask(directory, 'pid').catch(() => false), {
      timeoutMs: 5_000,
      what: 'places to become free',
    });
  });

  await t.test('control invariant 3: a client that does not get its request out is told so', async (t) => {
    const socket = connectTo(directory);
    socket.write('{"command":');
    t.match(await listen(socket), [{ kind: 'error', message: /no whole request within 5000 ms/ }]);
  });
});

await t.test('control invariant 4: a client that goes away aborts what it asked for', async (t) => {
  const cases = {
    'by its signal': async (directory: string, waiting: () => Promise<unknown>) => {
      const leave = new AbortController();
      const asked = ask(directory, 'wait', { signal: leave.signal });
      await waiting();
      leave.abort(new Error('enough'));
      await t.rejects(asked, { message: 'enough' });
    },
    'by silence': async (directory: string) => {
      await t.rejects(ask(directory, 'wait', { timeoutMs: 300 }), {
        code: 'NOT_RUNNING',
        message: /nothing for 0.3 s/,
      });
    },
    'by shutting its side': async (directory: string, waiting: () => Promise<unknown>) => {
      const socket = connectTo(directory);
      socket.write('{"command":"wait"}\n');
      await waiting();
      socket.end();
    },
    'by saying more than it may': async (directory: string, waiting: () => Promise<unknown>) => {
      const socket = connectTo(directory);
      socket.write('{"command":"wait"}\n');
      await waiting();
      socket.write('more\n');
    },
  };
  for (const [how, leave] of Object.entries(cases)) {
    await t.test(how, async (t) => {
      const directory = t.testdir();
      await using program = startProgram(directory);
      await program.heard('started');
      await leave(directory, () => program.heard('waiting'));
      t.ok(await program.heard('aborted'));
    });
  }
});

await t.test('control invariant 5: stopping tells the clients and frees the directory', async (t) => {
  const directory = t.testdir();
  await using program = startProgram(directory);
  await program.heard('started');
  const asked = ask(directory, 'wait');
  await program.heard('waiting');
  program.child.kill('SIGTERM');
  await t.rejects(asked, { code: 'NOT_RUNNING', message: 'fleetkeep-receiver is stopping' });
  await program.heard('stopped');
  await using next = startProgram(directory);
  t.ok(await next.heard('started'));
});

await t.test('requestControl() says that the program died while it answered', async (t) => {
  const directory = t.testdir();
  await using program = startProgram(directory);
  await program.heard('started');
  const asked = ask(directory, 'wait');
  await program.heard('waiting');
  await Promise.all([
    t.rejects(asked, { code: 'NOT_RUNNING', message: /ended before it had answered `wait`/ }),
    program.kill('SIGKILL'),
  ]);
});
