import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { installProgram, uninstallProgram } from '../../../shared/install/install.ts';
import { renderReport } from '../../../shared/install/render-report.ts';
import type { CommandRunner } from '../../../shared/install/run-command.ts';
import { encodeTask } from '../../../shared/install/task-xml.ts';

const COMMAND = {
  program: 'receiver',
  nodeFlags: ['--max-semi-space-size=4'],
  nodePath: String.raw`C:\node\node.exe`,
  cliPath: String.raw`C:\fleetkeep\receiver\cli.ts`,
  configPath: String.raw`C:\fleetkeep\config.json`,
} as const;

const HIGH = 'Mandatory Label\\High Mandatory Level  Label  S-1-16-12288';
const MEDIUM = 'Mandatory Label\\Medium Mandatory Level  Label  S-1-16-8192';

/** A Task Scheduler that keeps one task, and tells it in UTF-16 as `schtasks` may. */
function fakeScheduler({ groups = HIGH, deletes = 0 } = {}) {
  const commands: string[] = [];
  const files: string[] = [];
  let task: Buffer | undefined;
  const run: CommandRunner = async (file, args) => {
    if (file === 'whoami') return ended(0, Buffer.from(groups));
    const [verb, , , , path] = args;
    if (verb === '/Query') return task === undefined ? ended(1) : ended(0, task);
    commands.push([file, ...args.map((word) => (word === path ? 'FILE' : word))].join(' '));
    if (verb === '/Create' && path !== undefined) {
      files.push(path);
      task = readFileSync(path);
    }
    if (verb === '/Delete' && deletes === 0) task = undefined;
    return ended(verb === '/Delete' ? deletes : 0);
  };
  return { commands, files, run, task: () => task };
}

function ended(exitCode: number, stdout: Buffer = Buffer.alloc(0)) {
  const stderr = exitCode === 0 ? '' : 'ERROR: Access is denied.\r\n';
  return { kind: 'ended', exitCode, stdout, stderr } as const;
}

function optionsFor(t: Test, run: CommandRunner) {
  const dataDirectory = join(t.testdir(), 'data');
  return {
    program: 'receiver',
    command: COMMAND,
    dataDirectory,
    isDryRun: false,
    platform: 'win32',
    run,
  } as const;
}

await t.test('task: it is registered and started, and goes again', async (t) => {
  const { commands, files, run, task } = fakeScheduler();
  const options = optionsFor(t, run);
  const report = await installProgram(options);
  t.equal(report.method, 'task', 'the default on Windows');
  t.same(task(), encodeTask(report.text));
  t.same(commands.splice(0), [
    'schtasks /Create /TN fleetkeep-receiver /XML FILE /F',
    'schtasks /End /TN fleetkeep-receiver',
    'schtasks /Run /TN fleetkeep-receiver',
  ]);
  t.notOk(
    files.some((path) => existsSync(dirname(path))),
    'the file was for schtasks only',
  );

  t.match(renderReport(await installProgram(options)), /^Nothing to do/, 'install invariant 1');
  t.same(commands.splice(0), ['schtasks /Run /TN fleetkeep-receiver']);

  const moved = { ...COMMAND, nodePath: String.raw`D:\node.exe` };
  t.equal((await installProgram({ ...options, command: moved })).steps.length, 1);
  t.match(commands.splice(0)[0], '/Create');

  t.match(await uninstallProgram(options), { steps: [/stop and remove the task/] });
  t.same(commands, ['schtasks /End /TN fleetkeep-receiver', 'schtasks /Delete /TN fleetkeep-receiver /F']);
  t.same((await uninstallProgram(options)).steps, [], 'twice does no harm');
});

await t.test('install invariant 4: a dry run shows the task and changes nothing', async (t) => {
  const { commands, run } = fakeScheduler({ groups: MEDIUM });
  const options = { ...optionsFor(t, run), isDryRun: true } as const;
  t.match(renderReport(await installProgram(options)), /^would register .*<Task version/s);
  t.same(commands, []);
});

await t.test('who is no administrator is told so', async (t) => {
  const { commands, run } = fakeScheduler({ groups: MEDIUM });
  const options = optionsFor(t, run);
  const refused = { code: 'INSTALL_FAILED', hint: /Run as administrator/ };
  await t.rejects(installProgram(options), refused);
  await t.rejects(uninstallProgram(options), refused, 'instead of «there is none»');
  t.same(commands, []);
});

await t.test('a Task Scheduler that refuses is quoted', async (t) => {
  const { run } = fakeScheduler({ deletes: 1 });
  const options = optionsFor(t, run);
  await installProgram(options);
  await t.rejects(uninstallProgram(options), {
    message: '`schtasks /Delete /TN fleetkeep-receiver /F` failed: ERROR: Access is denied.',
  });
});
