import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { guardTest } from '../../helpers/guard.ts';
import { until } from '../../helpers/until.ts';

const PROGRAM = fileURLToPath(new URL('cli-program.ts', import.meta.url));
const NO_FULL_DEVICE = existsSync('/dev/full') ? false : 'there is no /dev/full here';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: readonly string[]): Promise<Outcome> {
  guardTest();
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** A started command, what it printed, and how it ended. */
function start(command: string) {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, command], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  return {
    child,
    printed: (text: string) =>
      until(() => printed.includes(text), { timeoutMs: 10_000, what: () => `${text} in ${printed}` }),
    ended: once(child, 'exit'),
  };
}

await t.test('cli invariant 1: a command that goes well ends with 0', async (t) => {
  t.same(await run('fine', '--nodes', '3', '--config', 'c.json'), {
    code: 0,
    stdout: '{"nodes":3,"config":"c.json"}\n',
    stderr: '',
  });
  t.same(await run('--version'), { code: 0, stdout: '1.2.3\n', stderr: '' });
  t.match(await run('fine', '--help'), { code: 0, stdout: /--config <file>.*--log-level/s, stderr: '' });
});

await t.test('cli invariant 3: an error that can be mended is one line and a hint', async (t) => {
  t.same(await run('fail'), {
    code: 1,
    stdout: '',
    stderr: 'error: cannot listen on port 80: EACCES: permission denied\nhint: Choose a port above 1023.\n',
  });
  t.same(await run('misuse'), {
    code: 2,
    stdout: '',
    stderr: 'error: sleeptime is -1; allowed are 0.1 to 3600\n',
  });
  t.match(await run('fail', '--log-level', 'debug'), { code: 1, stderr: /hint: .*cli-program\.ts:\d+/s });
});

await t.test('cli invariant 3: what the system refuses is no bug', { skip: NO_FULL_DEVICE }, async (t) => {
  t.same(await run('full-disk'), {
    code: 1,
    stdout: '',
    stderr:
      'error: cannot keep the state: cannot write: the disk is full (ENOSPC)\n' +
      'hint: Free some space there. If df -h shows space, df -i shows whether the inodes are used up.\n',
  });
  for (const args of [['fine'], ['fine-later'], ['fine', '--help'], ['wait'], ['endless']]) {
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      encoding: 'utf8',
    });
    t.equal(status, 1, args.join(' '));
    t.match(stderr, /^error: cannot write standard output: the disk is full \(ENOSPC\)\nhint: .*\n$/);
  }
});

await t.test('cli invariant 3: a bug says that it is one and where', async (t) => {
  for (const [command, message] of [
    ['bug', 'nodes is not iterable'],
    ['late-bug', 'thrown by a timer'],
  ] as const) {
    const { code, stdout, stderr } = await run(command);
    t.equal(code, 1, command);
    t.equal(stdout, '');
    t.match(stderr.split('\n').slice(0, 2), [
      `error: ${message}`,
      /^This is a bug in fleetkeep. Please report it/,
    ]);
    t.match(stderr, /cli-program\.ts:\d+/);
  }
});

await t.test('cli invariant 1: wrong usage ends with 2 and a suggestion', async (t) => {
  t.match(await run('fien'), {
    code: 2,
    stdout: '',
    stderr: /unknown command 'fien'.*Did you mean fine\?/s,
  });
  t.match(await run('fine', '--nods', '3'), { code: 2, stderr: /Did you mean --nodes\?.*--help/s });
  t.match(await run('fine', '--nodes', '10'), {
    code: 2,
    stderr: /Expected a whole number of nodes from 1 to 9\./,
  });
  t.match(await run('fine', '--log-level', 'loud'), { code: 2, stderr: /Allowed choices are debug, info/ });
  t.match(await run(), { code: 2, stdout: '', stderr: /Usage: fleetkeep-test/ }, 'no command at all');
});

await t.test('a reader that has seen enough ends the command without a word', async (t) => {
  const script = `"${process.execPath}" "${PROGRAM}" endless | head -n 2; echo "\${PIPESTATUS[0]}"`;
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
  t.equal(stdout.join(''), 'line 0\nline 1\n0\n');
  t.equal(stderr.join(''), '');
});

await t.test('stopSignal() is aborted by SIGTERM and SIGINT, and the command ends as it likes', async (t) => {
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    const command = start('wait');
    await command.printed('waiting');
    command.child.kill(name);
    t.same(await command.ended, [0, null], name);
    await command.printed(`stopped by ${name}`);
  }
});

await t.test('cli invariant 1: the second signal ends a command that does not listen', async (t) => {
  for (const [name, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    const command = start('stubborn');
    await command.printed('waiting');
    command.child.kill(name);
    await command.printed('heard');
    command.child.kill(name);
    t.equal(command.child.exitCode, null, 'at once it counts as the same');
    // Signals that come too early are ignored, so it is asked until it ends; half a second at least.
    const beganMs = performance.now();
    const hasEnded = () => {
      command.child.kill(name);
      return command.child.exitCode !== null;
    };
    await until(hasEnded, { timeoutMs: 10_000, what: 'the end' });
    t.same(await command.ended, [code, null], name);
    t.ok(performance.now() - beganMs > 400);
  }
});

await t.test('SIGHUP is ignored where there is no terminal', async (t) => {
  const command = start('wait');
  await command.printed('waiting');
  command.child.kill('SIGHUP');
  command.child.kill('SIGTERM');
  await command.ended;
  await command.printed('stopped by SIGTERM');
  t.pass();
});
