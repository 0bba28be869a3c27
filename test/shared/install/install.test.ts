import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { NODE_FLAGS } from '../../../sender/node-flags.ts';
import { cronBlock } from '../../../shared/install/cron-lines.ts';
import { installProgram, uninstallProgram } from '../../../shared/install/install.ts';
import { renderReport } from '../../../shared/install/render-report.ts';
import { type CommandRunner, commandRunner, runCommand } from '../../../shared/install/run-command.ts';
import { undoWhenKilled } from '../../helpers/guard.ts';

const COMMAND = {
  program: 'sender',
  nodeFlags: NODE_FLAGS,
  nodePath: '/opt/node/bin/node',
  cliPath: '/opt/flëetkeep/sender/cli.ts',
  configPath: '/etc/fleetkeep/config.json',
} as const;

/** Options as `sender/cli.ts` would give them, far from the systemd of the machine on which the tests run. */
function optionsFor(
  t: { testdir(): string },
  more: { readonly isRunning?: boolean; readonly run?: CommandRunner } = {},
) {
  const root = t.testdir();
  return {
    program: 'sender',
    command: COMMAND,
    dataDirectory: join(root, 'data'),
    isDryRun: false,
    run: more.run,
    systemd: { isRunning: more.isRunning ?? false, scope: 'user', unitDirectory: join(root, 'units') },
  } as const;
}

/** Notes commands; nothing on a test machine may talk to the real systemd. */
function recorder(exitCode = 0) {
  const commands: string[] = [];
  const run: CommandRunner = async (file, args) => {
    commands.push([file, ...args].join(' '));
    if (file === 'crontab') return { kind: 'missing' };
    return { kind: 'ended', exitCode, stdout: Buffer.alloc(0), stderr: 'Failed to connect to bus\n' };
  };
  return { commands, run };
}

const canCrontab = process.getuid?.() === 0 && spawnSync('crontab', ['-h']).error === undefined;
const skip = canCrontab ? false : 'needs root and crontab (Debian: apt install cron)';

await t.test('with the real crontab', { skip }, async (t) => {
  const crontabUser = `fk-test-${process.pid}`;
  const crontab = (args: readonly string[], input = Buffer.alloc(0)) =>
    spawnSync('crontab', ['-u', crontabUser, ...args], { input });
  undoWhenKilled('userdel', crontabUser);
  t.equal(spawnSync('useradd', ['--no-create-home', crontabUser]).status, 0);
  t.teardown(() => {
    crontab(['-r']);
    spawnSync('userdel', [crontabUser]);
  });
  const options = { ...optionsFor(t), crontabUser };

  await t.test('install invariant 4: a dry run tells and changes nothing', async (t) => {
    const report = await installProgram({ ...options, isDryRun: true });
    t.matchSnapshot(renderReport(report).replaceAll(crontabUser, 'USER'));
    t.match(crontab(['-l']).stderr.toString(), 'no crontab');
    t.notOk(existsSync(options.dataDirectory));
  });

  await t.test('a user without a crontab gets one, and is without again afterwards', async (t) => {
    const report = await installProgram(options);
    t.match(report, { method: 'cron', text: cronBlock(COMMAND), steps: [/crontab of fk-test/] });
    t.equal(crontab(['-l']).stdout.toString(), cronBlock(COMMAND));
    t.ok(existsSync(options.dataDirectory));
    await uninstallProgram(options);
    t.match(crontab(['-l']).stderr.toString(), 'no crontab');
  });

  await t.test(
    'install invariant 2: lines of others come back byte for byte, whatever their encoding',
    async (t) => {
      const lines = Buffer.from('MAILTO=ann\n# caf\xe9 \xff\n\n0 0 * * *\techo 100\\% \n', 'latin1');
      t.equal(crontab(['-'], lines).status, 0);
      await installProgram(options);
      t.same(crontab(['-l']).stdout, Buffer.concat([lines, Buffer.from(cronBlock(COMMAND))]));

      await t.test(
        'install invariant 1: a second installation changes nothing, another path replaces',
        async (t) => {
          t.match(renderReport(await installProgram(options)), /^Nothing to do/);
          const moved = { ...COMMAND, nodePath: '/new/node' };
          t.equal((await installProgram({ ...options, command: moved })).steps.length, 1);
          t.same(crontab(['-l']).stdout, Buffer.concat([lines, Buffer.from(cronBlock(moved))]));
        },
      );

      const removed = await uninstallProgram(options);
      t.match(removed, { steps: [/take the lines/], notes: [/goes on until/] });
      t.same(crontab(['-l']).stdout, lines);
      t.same((await uninstallProgram(options)).steps, [], 'twice does no harm');
    },
  );
});

await t.test('a machine without crontab is told what to do', async (t) => {
  const options = optionsFor(t, { run: (_file, args) => runCommand('no-such-crontab', args) });
  await t.rejects(installProgram(options), { code: 'INSTALL_FAILED', hint: /apt install cron/ });
  t.same((await uninstallProgram(options)).steps, [], 'nothing to uninstall is no mistake');
});

await t.test('a crontab that refuses is quoted', async (t) => {
  const run: CommandRunner = () => runCommand('sh', ['-c', 'echo "you (ann) are not allowed" >&2; exit 1']);
  await t.rejects(installProgram(optionsFor(t, { run })), {
    code: 'INSTALL_FAILED',
    message: 'cannot read the crontab: you (ann) are not allowed',
  });
});

await t.test('systemd: the unit is written, enabled and started, and goes again', async (t) => {
  const { commands, run } = recorder();
  const options = optionsFor(t, { isRunning: true, run });
  const report = await installProgram(options);
  const path = join(options.systemd.unitDirectory, 'fleetkeep-sender.service');
  t.equal(report.method, 'systemd', 'it is the default where it runs');
  t.equal(readFileSync(path, 'utf8'), report.text);
  t.same(commands.splice(0), [
    'systemctl --user daemon-reload',
    'systemctl --user enable fleetkeep-sender.service',
    'systemctl --user restart --no-block fleetkeep-sender.service',
    'loginctl enable-linger',
    'crontab -l',
  ]);

  t.same((await installProgram(options)).steps, [], 'install invariant 1: again changes nothing');
  t.equal(commands.splice(0)[0], 'systemctl --user enable --now --no-block fleetkeep-sender.service');

  await uninstallProgram(options);
  t.notOk(existsSync(path));
  t.match(commands, [
    'systemctl --user disable --now fleetkeep-sender.service',
    'systemctl --user daemon-reload',
  ]);
});

await t.test('install invariant 4: a dry run runs nothing that changes and shows the unit', async (t) => {
  const { commands, run } = recorder();
  const options = { ...optionsFor(t, { isRunning: true, run }), isDryRun: true } as const;
  t.match(renderReport(await installProgram(options)), /^would write .*\[Service\]/s);
  t.same(commands, ['crontab -l']);
  t.notOk(existsSync(options.systemd.unitDirectory));
});

await t.test('install invariant 1: changing to cron removes the unit', async (t) => {
  const { run } = recorder();
  const options = optionsFor(t, { isRunning: true, run });
  await installProgram(options);
  const withCron: CommandRunner = (file, args, more) =>
    file === 'crontab' ? runCommand('sh', ['-c', 'cat >/dev/null'], more) : run(file, args, more);
  const report = await installProgram({ ...options, run: withCron, method: 'cron' });
  t.match(report, { method: 'cron', steps: [/crontab/, /stop and disable/, /remove/] });
  t.notOk(existsSync(join(options.systemd.unitDirectory, 'fleetkeep-sender.service')));
});

await t.test('systemd that does not run, or refuses, is said so', async (t) => {
  await t.rejects(installProgram({ ...optionsFor(t, { run: recorder().run }), method: 'systemd' }), {
    code: 'INSTALL_FAILED',
    hint: 'Use --cron.',
  });
  await t.rejects(installProgram(optionsFor(t, { isRunning: true, run: recorder(1).run })), {
    code: 'INSTALL_FAILED',
    message: '`systemctl --user daemon-reload` failed: Failed to connect to bus',
  });
});

await t.test('a method that fails leaves the other one as it was', async (t) => {
  const options = optionsFor(t, { isRunning: true, run: recorder().run });
  await installProgram(options);
  await t.rejects(installProgram({ ...options, method: 'cron' }), { code: 'INSTALL_FAILED' });
  t.ok(existsSync(join(options.systemd.unitDirectory, 'fleetkeep-sender.service')));
});

await t.test('a command that hangs is ended and said so', async (t) => {
  const hanging = commandRunner(100);
  const run: CommandRunner = () => hanging('sleep', ['60']);
  await t.rejects(installProgram(optionsFor(t, { run })), {
    message: 'cannot read the crontab: it took longer than 0.1 s',
  });
});

await t.test('a user of its own is for a unit of the machine, and has to be there', async (t) => {
  const { commands, run } = recorder();
  const system = { isRunning: true, scope: 'system', unitDirectory: join(t.testdir(), 'units') } as const;
  const options = { ...optionsFor(t, { isRunning: true, run }), systemd: system, user: 'fleet' };
  const { text, notes } = await installProgram(options);
  t.ok(commands.includes('id -u fleet'));
  t.match(text, /^User=fleet$/m);
  t.match(notes.join('\n'), new RegExp(`${options.dataDirectory} must belong to fleet: chown -R fleet`));
  const missing: CommandRunner = async (file, args, more) =>
    file === 'id'
      ? { kind: 'ended', exitCode: 1, stdout: Buffer.alloc(0), stderr: '' }
      : await run(file, args, more);
  await t.rejects(installProgram({ ...options, run: missing }), {
    message: 'there is no user fleet',
    hint: /^useradd --system/,
  });
  const asUser = { ...system, scope: 'user' } as const;
  await t.rejects(installProgram({ ...options, systemd: asUser }), { code: 'USAGE' });
  await t.rejects(installProgram({ ...options, method: 'cron' }), {
    code: 'USAGE',
    message: /for systemd units/,
  });
});
