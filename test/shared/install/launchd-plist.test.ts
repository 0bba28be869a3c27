import { spawnSync } from 'node:child_process';
import t from 'tap';
import { NODE_FLAGS } from '../../../sender/node-flags.ts';
import { launchdPlist } from '../../../shared/install/launchd-plist.ts';

const COMMAND = {
  program: 'sender',
  nodeFlags: NODE_FLAGS,
  nodePath: '/opt/node/bin/node',
  cliPath: '/opt/fleetkeep/sender/cli.ts',
  configPath: '/etc/fleetkeep/config.json',
} as const;

/** What Python's reader of property lists makes of one. */
function readBack(plist: string): unknown {
  const script = 'import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
  const { stdout, stderr } = spawnSync('python3', ['-c', script], { input: plist, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

const hasPython = spawnSync('python3', ['-c', 'import plistlib']).status === 0;
const skip = hasPython ? false : 'needs python3, to read property lists';

await t.test('launchdPlist() is a property list', async (t) => {
  t.matchSnapshot(launchdPlist(COMMAND));
});

await t.test('launchdPlist() is read by others as it was meant', { skip }, async (t) => {
  t.strictSame(readBack(launchdPlist(COMMAND)), {
    Label: 'fleetkeep-sender',
    ProgramArguments: [
      '/opt/node/bin/node',
      ...NODE_FLAGS,
      '/opt/fleetkeep/sender/cli.ts',
      'start',
      '--quiet',
      '--config',
      '/etc/fleetkeep/config.json',
    ],
    RunAtLoad: true,
    KeepAlive: true,
    ThrottleInterval: 10,
    ExitTimeOut: 20,
    StandardOutPath: '/dev/null',
    StandardErrorPath: '/dev/null',
  });
});

await t.test('launchdPlist() keeps every character of a path', { skip }, async (t) => {
  const odd = `/Users/ann/<&>"it's" 100% $HOME\\ü😀]]>--`;
  const plist = launchdPlist({ ...COMMAND, nodePath: odd, cliPath: odd, configPath: odd });
  const { ProgramArguments: words } = readBack(plist) as { readonly ProgramArguments: readonly string[] };
  t.strictSame(
    words.filter((word) => word.startsWith('/')),
    [odd, odd, odd],
  );
});

await t.test('launchdPlist() refuses what XML cannot hold', async (t) => {
  for (const path of ['/a\nb', '/a\0b', '/a\x1bb', '/a\ud800b']) {
    t.throws(() => launchdPlist({ ...COMMAND, configPath: path }), { code: 'INSTALL_FAILED' });
  }
});
