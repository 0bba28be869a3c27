import { Command } from 'commander';
import t from 'tap';
import { UsageError } from '../../../shared/errors/errors.ts';
import { installProgram } from '../../../shared/install/install.ts';
import {
  addMethodOptions,
  type MethodFlags,
  methodOf,
  methodsOn,
} from '../../../shared/install/install-methods.ts';
import { preparePlace } from '../../helpers/programs.ts';

const COMMAND = {
  program: 'receiver',
  nodeFlags: [],
  nodePath: '/node',
  cliPath: '/cli.ts',
  configPath: '/config.json',
} as const;

await t.test('methodsOn() begins with the best one', async (t) => {
  t.same(methodsOn('linux'), ['systemd', 'cron']);
  t.same(methodsOn('freebsd'), ['systemd', 'cron']);
  t.same(methodsOn('darwin'), ['launchd', 'cron']);
  t.same(methodsOn('win32'), ['task']);
});

await t.test('a method that the system lacks is wrong usage, and what it has is named', async (t) => {
  const cases = [
    ['launchd', 'linux', /launchd exists on macOS only, and this is Linux/, /--systemd or --cron/],
    ['task', 'linux', /Task Scheduler exists on Windows only/, /--systemd or --cron/],
    ['systemd', 'darwin', /systemd exists on Linux only, and this is macOS/, /--launchd or --cron/],
    ['cron', 'win32', /cron exists on Linux and macOS only, and this is Windows/, /--task/],
    ['launchd', 'openbsd', /and this is openbsd/, /--systemd or --cron/],
  ] as const;
  const dataDirectory = `${t.testdir()}/data`;
  for (const [method, platform, message, hint] of cases) {
    const asked = installProgram({
      ...{ program: 'receiver', command: COMMAND, dataDirectory, isDryRun: false },
      ...{ method, platform },
      run: () => Promise.reject(new Error('nothing may be run')),
    });
    await t.rejects(asked, { code: 'UNSUPPORTED', message, hint });
    await t.rejects(asked, UsageError, 'exit code 2');
  }
});

await t.test('of the methods one at most can be asked for', async (t) => {
  const parse = (...args: readonly string[]) => {
    const command = addMethodOptions(new Command())
      .exitOverride()
      .configureOutput({ writeErr() {} });
    return methodOf(command.parse(args, { from: 'user' }).opts<MethodFlags>());
  };
  t.equal(parse(), undefined);
  for (const method of ['cron', 'systemd', 'launchd', 'task'] as const) {
    t.equal(parse(`--${method}`), method);
  }
  t.throws(() => parse('--task', '--cron'), { code: 'commander.conflictingOption' });
});

await t.test('the commands end with 2, before the sender joins anybody', async (t) => {
  const place = await preparePlace(t.testdir());
  const lacking = process.platform === 'linux' ? '--launchd' : '--systemd';
  for (const program of ['sender', 'receiver'] as const) {
    const { code, stdout, stderr } = await place.run(program, 'install', lacking);
    t.equal(code, 2);
    t.equal(stdout, '');
    t.match(stderr, /^error: .* only, and this is .*\nhint: Use --.*\n$/);
  }
});
