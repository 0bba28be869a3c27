import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { NODE_FLAGS } from '../../../sender/node-flags.ts';
import { cronBlock, withCronBlock, withoutCronBlock } from '../../../shared/install/cron-lines.ts';

const COMMAND = {
  program: 'sender',
  nodeFlags: NODE_FLAGS,
  nodePath: '/opt/node/bin/node',
  cliPath: '/opt/fleetkeep/sender/cli.ts',
  configPath: '/etc/fleetkeep/config.json',
} as const;
const BLOCK = cronBlock(COMMAND);

await t.test('cronBlock() is two lines between two markers', async (t) => {
  t.matchSnapshot(BLOCK);
});

await t.test('cronBlock() writes paths so that cron and sh hand them on as they are', async (t) => {
  const directory = join(t.testdir({ [`it's 100% "$HOME" \`x\` & ü`]: {} }), `it's 100% "$HOME" \`x\` & ü`);
  const cliPath = join(directory, 'cli.cjs');
  writeFileSync(
    cliPath,
    `require('fs').writeFileSync(__dirname + '/args', JSON.stringify(process.argv.slice(2)))`,
  );
  const configPath = join(directory, 'config.json');
  const line =
    cronBlock({ ...COMMAND, nodePath: process.execPath, cliPath, configPath }).split('\n')[2] ?? '';
  // What cron does with a command: a plain % would end it, and a backslash before one goes away.
  const command = line.replace('*/5 * * * * ', '');
  t.notMatch(command, /(?<!\\)%/);
  execFileSync('/bin/sh', ['-c', command.replaceAll('\\%', '%')], { env: {}, cwd: '/' });
  t.same(JSON.parse(readFileSync(join(directory, 'args'), 'utf8')), [
    'start',
    '--if-not-running',
    '--quiet',
    '--config',
    configPath,
  ]);
});

await t.test('cronBlock() refuses what a crontab cannot hold', async (t) => {
  for (const bad of ['/a\nb', '/a\\b', '/a\0b', `/${'a'.repeat(999)}`]) {
    t.throws(
      () => cronBlock({ ...COMMAND, configPath: bad }),
      { code: 'INSTALL_FAILED' },
      JSON.stringify(bad),
    );
  }
});

await t.test('install invariant 1: our part is put in once, and replaced where it stands', async (t) => {
  t.equal(withCronBlock('', BLOCK, 'sender'), BLOCK);
  t.equal(withCronBlock(BLOCK, BLOCK, 'sender'), BLOCK);
  t.equal(withCronBlock('a', BLOCK, 'sender'), `a\n${BLOCK}`, 'a last line without its end');
  const older = cronBlock({ ...COMMAND, nodePath: '/older' });
  t.equal(withCronBlock(`a\n${older}b\n`, BLOCK, 'sender'), `a\n${BLOCK}b\n`);
});

await t.test('install invariant 2: other lines stay byte for byte', async (t) => {
  for (const [before, after] of [
    ['', ''],
    ['MAILTO=ann\n\n  # fleetkeep-sender begin\n', ''],
    ['\t0 0 * * * x\r\n', '# fleetkeep-sender beginning\n\n\n'],
    ['a\n', '# no line end'],
  ] as const) {
    t.equal(withoutCronBlock(`${before}${BLOCK}${after}`, 'sender'), `${before}${after}`);
    t.equal(withoutCronBlock(`${before}${after}`, 'sender'), `${before}${after}`);
  }
});

await t.test('markers that are not one pair are left to a person', async (t) => {
  const begin = '# fleetkeep-sender begin\n';
  const end = '# fleetkeep-sender end\n';
  for (const crontab of [begin, end, `${end}${begin}`, `${BLOCK}${BLOCK}`, `${begin}${BLOCK}`]) {
    t.throws(() => withCronBlock(crontab, BLOCK, 'sender'), { code: 'INSTALL_FAILED', hint: /crontab -e/ });
    t.throws(() => withoutCronBlock(crontab, 'sender'), { code: 'INSTALL_FAILED' });
  }
});

await t.test('the lines of the two programs do not touch each other', async (t) => {
  const receiver = cronBlock({ ...COMMAND, program: 'receiver', nodeFlags: [] });
  const both = withCronBlock(withCronBlock('', BLOCK, 'sender'), receiver, 'receiver');
  t.equal(both, BLOCK + receiver);
  t.equal(withoutCronBlock(both, 'sender'), receiver);
  t.equal(withoutCronBlock(both, 'receiver'), BLOCK);
});
