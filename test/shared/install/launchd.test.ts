import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { NODE_FLAGS } from '../../../sender/node-flags.ts';
import { installProgram, uninstallProgram } from '../../../shared/install/install.ts';
import { renderReport } from '../../../shared/install/render-report.ts';
import type { CommandRunner } from '../../../shared/install/run-command.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

const COMMAND = {
  program: 'sender',
  nodeFlags: NODE_FLAGS,
  nodePath: '/opt/node/bin/node',
  cliPath: '/opt/fleetkeep/sender/cli.ts',
  configPath: '/etc/fleetkeep/config.json',
} as const;

/** A launchctl that knows whether the job is loaded; after a `bootout` it goes on answering for so many questions. */
function fakeLaunchctl({ lingers = 0, bootstrap = 0 } = {}) {
  const commands: string[] = [];
  let answersLeft = 0;
  const run: CommandRunner = async (file, args) => {
    if (file === 'crontab') return { kind: 'missing' };
    const [verb] = args;
    if (verb === 'print') {
      answersLeft -= 1;
      return ended(answersLeft >= 0 ? 0 : 113);
    }
    commands.push([file, ...args].join(' '));
    if (verb === 'bootout') answersLeft = lingers;
    if (verb === 'bootstrap' && bootstrap === 0) answersLeft = Number.POSITIVE_INFINITY;
    return ended(verb === 'bootstrap' ? bootstrap : 0);
  };
  return { commands, run };
}

function ended(exitCode: number) {
  const stderr = exitCode === 5 ? 'Bootstrap failed: 5: Input/output error\n' : '';
  return { kind: 'ended', exitCode, stdout: Buffer.alloc(0), stderr } as const;
}

/** Time passes only while somebody sleeps. */
function sleepingClock(): Clock {
  let nowMs = 0;
  return {
    ...fakeClock(),
    now: () => nowMs,
    monotonic: () => nowMs,
    async sleep(ms) {
      nowMs += ms;
    },
  };
}

function optionsFor(t: Test, run: CommandRunner) {
  const root = t.testdir();
  return {
    program: 'sender',
    command: COMMAND,
    dataDirectory: join(root, 'data'),
    isDryRun: false,
    platform: 'darwin',
    launchd: { scope: 'agent', domain: 'gui/501', directory: join(root, 'LaunchAgents') },
    clock: sleepingClock(),
    run,
  } as const;
}

await t.test('launchd: the job is written and loaded, and goes again', async (t) => {
  const { commands, run } = fakeLaunchctl();
  const options = optionsFor(t, run);
  const path = join(options.launchd.directory, 'fleetkeep-sender.plist');
  const report = await installProgram(options);
  t.match(report, { method: 'launchd', notes: [/only while you are logged in/] }, 'the default on macOS');
  t.equal(readFileSync(path, 'utf8'), report.text);
  t.equal(statSync(path).mode & 0o022, 0, 'launchd takes no file that others may write');
  t.same(commands.splice(0), [
    'launchctl enable gui/501/fleetkeep-sender',
    `launchctl bootstrap gui/501 ${path}`,
  ]);

  t.match(renderReport(await installProgram(options)), /^Nothing to do/, 'install invariant 1');
  t.same(commands, []);

  const moved = { ...COMMAND, nodePath: '/new/node' };
  t.equal((await installProgram({ ...options, command: moved })).steps.length, 2);
  t.match(readFileSync(path, 'utf8'), '/new/node');
  t.match(commands.splice(0), ['launchctl bootout gui/501/fleetkeep-sender', /enable/, /bootstrap/]);

  t.equal((await uninstallProgram(options)).steps.length, 2);
  t.same(commands, ['launchctl bootout gui/501/fleetkeep-sender']);
  t.notOk(existsSync(path));
  t.same((await uninstallProgram(options)).steps, [], 'twice does no harm');
});

await t.test('launchd: a job that is not loaded although its file is there is loaded', async (t) => {
  const first = fakeLaunchctl();
  const options = optionsFor(t, first.run);
  await installProgram(options);
  const second = fakeLaunchctl();
  t.same((await installProgram({ ...options, run: second.run })).steps, []);
  t.match(second.commands, [/enable/, /bootstrap/]);
});

await t.test('launchd: a job is loaded only when the one before has ended', async (t) => {
  const { run } = fakeLaunchctl({ lingers: 40 });
  const options = optionsFor(t, run);
  await installProgram(options);
  await installProgram({ ...options, command: { ...COMMAND, nodePath: '/new/node' } });
  t.equal(options.clock.now(), 40 * 250);
});

await t.test('launchd: a job that does not end is said so', async (t) => {
  const { run } = fakeLaunchctl({ lingers: Number.POSITIVE_INFINITY });
  const options = optionsFor(t, run);
  await installProgram(options);
  await t.rejects(uninstallProgram(options), {
    code: 'INSTALL_FAILED',
    message: /has not ended within 25 s/,
  });
});

await t.test('launchd: what refuses is quoted', async (t) => {
  const options = optionsFor(t, fakeLaunchctl({ bootstrap: 5 }).run);
  await t.rejects(installProgram(options), {
    code: 'INSTALL_FAILED',
    message: /^`launchctl bootstrap gui\/501 .*` failed: Bootstrap failed: 5: Input\/output error$/,
    hint: /with sudo/,
  });
});

await t.test('install invariant 4: a dry run shows the property list and changes nothing', async (t) => {
  const { commands, run } = fakeLaunchctl();
  const options = { ...optionsFor(t, run), isDryRun: true } as const;
  t.match(renderReport(await installProgram(options)), /^would write .*<plist version/s);
  t.same(commands, []);
  t.notOk(existsSync(options.launchd.directory));
});

await t.test('install invariant 1: changing to cron unloads the job', async (t) => {
  const { run } = fakeLaunchctl();
  const options = optionsFor(t, run);
  await installProgram(options);
  const crontab: CommandRunner = async (file, args, more) =>
    file === 'crontab' ? ended(0) : await run(file, args, more);
  const report = await installProgram({ ...options, run: crontab, method: 'cron' });
  t.match(report, { method: 'cron', steps: [/crontab/, /unload/, /remove/] });
  t.notOk(existsSync(join(options.launchd.directory, 'fleetkeep-sender.plist')));
});
