import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { NODE_FLAGS } from '../../../sender/node-flags.ts';
import { systemdUnit } from '../../../shared/install/systemd-unit.ts';

const OPTIONS = {
  command: {
    program: 'sender',
    nodeFlags: NODE_FLAGS,
    nodePath: '/opt/node/bin/node',
    cliPath: '/opt/fleetkeep/sender/cli.ts',
    configPath: '/etc/fleetkeep/config.json',
  },
  dataDirectory: '/var/lib/fleetkeep',
} as const;

await t.test('systemdUnit() for the machine is hardened and waits for the network', async (t) => {
  t.matchSnapshot(systemdUnit({ ...OPTIONS, scope: 'system' }));
});

await t.test('systemdUnit() for a user leaves out what needs privileges', async (t) => {
  t.matchSnapshot(systemdUnit({ ...OPTIONS, scope: 'user' }));
});

await t.test('systemdUnit() lets the receiver write to the mirror as well', async (t) => {
  const command = {
    ...OPTIONS.command,
    program: 'receiver',
    nodeFlags: [],
    cliPath: '/opt/fleetkeep/receiver/cli.ts',
  } as const;
  const unit = systemdUnit({ ...OPTIONS, command, otherDirectories: ['/mnt/backup'], scope: 'system' });
  t.match(unit, '\nReadWritePaths="/var/lib/fleetkeep" "-/mnt/backup"\n');
  t.match(
    unit,
    '\nExecStart="/opt/node/bin/node" "/opt/fleetkeep/receiver/cli.ts" start --config "/etc/fleetkeep/config.json"\n',
  );
  t.match(unit, /Description=Fleetkeep receiver/);
});

await t.test('systemdUnit() quotes paths', async (t) => {
  const odd = `/o dd/100%/"q"/$HOME/b\\s`;
  const unit = systemdUnit({
    command: { ...OPTIONS.command, nodePath: odd, cliPath: odd, configPath: odd },
    dataDirectory: odd,
    scope: 'system',
  });
  const path = String.raw`"/o dd/100%%/\"q\"/$HOME/b\\s"`;
  const argument = String.raw`"/o dd/100%%/\"q\"/$$HOME/b\\s"`;
  t.match(unit, `ExecStart=${path} ${NODE_FLAGS.join(' ')} ${argument} start --config ${argument}\n`);
  t.match(unit, `ReadWritePaths=${path}\n`);
  const broken = { ...OPTIONS, dataDirectory: '/a\nExecStartPre=/bin/evil' };
  t.throws(() => systemdUnit({ ...broken, scope: 'system' }), { code: 'INSTALL_FAILED' });
});

await t.test('a user of its own: below /var/lib systemd gives it the data directory', async (t) => {
  const unit = (dataDirectory: string, user?: string) =>
    systemdUnit({ ...OPTIONS, dataDirectory, user, scope: 'system' });
  t.match(
    unit('/var/lib/fleetkeep/sender', 'fleet'),
    /User=fleet\nStateDirectory=fleetkeep\/sender\nStateDirectoryMode=0700\n/,
  );
  t.match(unit('/srv/fleetkeep', 'fleet'), /User=fleet\n/);
  t.notMatch(unit('/srv/fleetkeep', 'fleet'), /StateDirectory/);
  t.notMatch(unit('/var/lib/../etc', 'fleet'), /StateDirectory/);
  t.notMatch(unit('/var/lib/fleetkeep'), /User=|StateDirectory/);
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).error === undefined;

await t.test(
  'systemd itself finds nothing wrong with the unit',
  { skip: hasSystemd ? false : 'no systemd-analyze here (Debian: apt install systemd)' },
  async (t) => {
    const directory = t.testdir();
    const data = join(directory, `d a%t"a`);
    mkdirSync(data);
    const path = join(directory, 'fleetkeep-sender.service');
    const command = {
      ...OPTIONS.command,
      nodePath: process.execPath,
      cliPath: join(data, '$cli.ts'),
      configPath: join(data, 'c.json'),
    };
    const verify = () => spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    const complaints = () =>
      verify()
        .stderr.split('\n')
        .filter((line) => line.includes('fleetkeep-sender'));

    writeFileSync(path, 'fleetkeep\n[Service]\nExecStart=/missing/program\nTypo=yes\n');
    t.not(complaints().length, 0, 'it does complain about a wrong one');
    for (const scope of ['system', 'user'] as const) {
      writeFileSync(path, systemdUnit({ command, dataDirectory: data, scope }));
      t.same(complaints(), [], scope);
    }
    const own = { command, dataDirectory: '/var/lib/fleetkeep', user: 'daemon', scope: 'system' } as const;
    writeFileSync(path, systemdUnit(own));
    t.same(complaints(), [], 'with a user of its own');
  },
);
