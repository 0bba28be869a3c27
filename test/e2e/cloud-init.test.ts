import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { preparePlace } from '../helpers/programs.ts';

const CLOUD_INIT = '/usr/bin/cloud-init';

t.setTimeout(600_000);

t.test('cloud-init prints user data with a code that lets a machine in', async (t) => {
  const place = await preparePlace(t.testdir());
  await using _receiver = await place.start('receiver');
  const source = "https://example.org/it's a package.tgz";
  const { stdout, code } = await place.run('receiver', 'cloud-init', '--uses', '3', '--package', source);
  t.equal(code, 0);
  t.match(stdout, /^#cloud-config\n/);
  const [, script = ''] = /fleetkeep-setup\n.*\n {4}content: \|\n([\s\S]*)\nruncmd:/.exec(stdout) ?? [];
  t.match(
    script,
    "npm install --global --prefix /opt/fleetkeep 'https://example.org/it'\\''s a package.tgz'",
  );
  const path = join(place.directory, 'setup.sh');
  writeFileSync(path, script.replaceAll(/^ {6}/gm, ''));
  t.doesNotThrow(() => execFileSync('sh', ['-n', path]), 'the script is one');
  const [, joinCode = ''] = /--join '(fk1-[\w-]+)'/.exec(stdout) ?? [];
  const again = await place.run('receiver', 'cloud-init', '--join', joinCode);
  t.match(again.stdout, joinCode, 'a code that there is already will do');

  const hostile = await place.run('receiver', 'cloud-init', '--join', "fk1-x'; rm -rf /; '");
  t.match(hostile, { code: 2, stdout: '', stderr: /no join code/ });

  await t.test(
    'cloud-init itself finds nothing wrong with it',
    { skip: existsSync(CLOUD_INIT) ? false : 'cloud-init is not installed' },
    async (t) => {
      const data = join(place.directory, 'user-data.yaml');
      writeFileSync(data, stdout);
      const said = execFileSync(CLOUD_INIT, ['schema', '--config-file', data], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      t.match(said, /[Vv]alid/);
    },
  );
});
