import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { guardTest } from './guard.ts';
import { until } from './until.ts';

const PROGRAM = join(import.meta.dirname, 'guarded-program.ts');
const UNDER_TAP = join(import.meta.dirname, '../run/guard.ts');
const skip = process.platform === 'linux' ? false : 'processes are found in /proc';

/** The processes that carry a mark, and the guard that ends them, by what they run. */
function marked(mark: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return environment.includes(mark) || command.includes(mark) ? [command.join(' ')] : [];
    } catch {
      return [];
    }
  });
}

/** Starts a command that runs the program, and waits until that has started everything. */
async function start(command: string, ...args: readonly string[]) {
  guardTest();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const { mark } = JSON.parse(said) as { mark: string };
  return { child, ended, mark };
}

async function areGone(mark: string): Promise<void> {
  await until(() => marked(mark).length === 0, {
    timeoutMs: 20_000,
    what: () => `the end of ${marked(mark).join('; ')}`,
  });
}

t.test(
  'a test that is killed takes with it what it has started, and what those have',
  { skip },
  async (t) => {
    const directory = t.testdir();
    const { child, ended, mark } = await start(process.execPath, PROGRAM, directory, '1000');
    const running = marked(mark).join('\n');
    for (const one of ['receiver/cli.ts', 'sender/cli.ts', 'sleep 1000'])
      t.ok(running.includes(one), `${one} runs`);
    child.kill('SIGKILL');
    await ended;
    await areGone(mark);
    await until(() => existsSync(join(directory, "it's undone")), { timeoutMs: 20_000, what: 'the undoing' });
    t.notOk(existsSync(join(directory, 'left-running')), 'which says nothing about the test');
  },
);

t.test('a test whose runner is killed ends as well', { skip }, async (t) => {
  const script = '"$@" & wait';
  const command = [process.execPath, '--import', UNDER_TAP, PROGRAM, t.testdir(), '1000'];
  const { child, ended, mark } = await start('sh', '-c', script, 'runner', ...command);
  t.match(marked(mark).join('\n'), /receiver\/cli/, 'everything runs');
  child.kill('SIGKILL');
  await ended;
  await areGone(mark);
});

t.test('what a test leaves running at its end is named', { skip }, async (t) => {
  const directory = t.testdir();
  const { ended, mark } = await start(process.execPath, PROGRAM, directory, '0');
  t.strictSame(await ended, [0, null]);
  await areGone(mark);
  const left = readFileSync(join(directory, 'left-running'), 'utf8');
  for (const one of ['receiver/cli.ts', 'sender/cli.ts', 'sleep 1000'])
    t.match(left, new RegExp(`guarded-program.ts left running: \\d+ .*${one}`));
  t.notOk(
    existsSync(join(directory, "it's undone")),
    'a test that ends in good order has undone what it did',
  );
});
