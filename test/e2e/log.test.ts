import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { isHeaderLine } from '../../shared/log/segment-header.ts';
import { guardTest } from '../helpers/guard.ts';
import { openLines, ownProgram, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { logsOf, readWholeLog } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };
const RECEIVER = join(import.meta.dirname, '../../receiver/cli.ts');

t.setTimeout(600_000);

t.test('log prints a node’s log across segments, from a time on, and goes on with it', async (t) => {
  const place = await preparePlace(t.testdir(), { log: { segment_bytes: 65_536 } });
  await using _receiver = await place.start('receiver');
  await using sender = await place.start('sender');
  const logs = logsOf(place, 'receiver');
  await until(
    async () => (await readWholeLog(logs, '7').catch(() => undefined))?.text.includes('"number":2,'),
    {
      ...PATIENT,
      what: 'a second segment',
    },
  );

  guardTest();
  const follow = spawn(process.execPath, [RECEIVER, 'log', '7', '--follow', '--config', place.configPath]);
  t.teardown(() => follow.kill('SIGKILL'));
  let followed = '';
  follow.stdout.setEncoding('utf8').on('data', (text: string) => {
    followed += text;
  });
  await until(() => followed.includes('\n'), { ...PATIENT, what: 'the first lines' });
  const before = openLines(logs, '7').length;
  await until(() => openLines(logs, '7').length > before + 3, { ...PATIENT, what: 'more samples' });
  await sender.end();

  const all = await place.run('receiver', 'log', '7');
  const own = await readWholeLog(join(place.directory, 'sender/logs'), '7');
  const printed = all.stdout.trimEnd().split('\n');
  t.same(
    printed,
    own.text.split('\n').filter((line) => line !== '' && !isHeaderLine(line)),
    'every line of every segment but its header, compressed ones included',
  );
  await until(() => followed.includes(printed.at(-1) ?? '?'), { ...PATIENT, what: 'the last line' });
  t.ok(all.stdout.endsWith(followed) || followed.endsWith(all.stdout), 'what was followed is the same');

  const middle = printed[Math.floor(printed.length / 2)] ?? '';
  const { t: since } = JSON.parse(middle) as { t: string };
  const later = (await place.run('receiver', 'log', '7', '--since', since)).stdout.trimEnd().split('\n');
  t.same(later, printed.slice(printed.length - later.length));
  t.ok(later.includes(middle) && later.length < printed.length);
  t.match(await place.run('receiver', 'log', 'nobody'), { code: 1, stderr: /nobody/ });
  t.match(await place.run('receiver', 'log', '7', '--since', 'tomorrowish'), { code: 2 });
});

/** Asks for the help of each command in one process: prints the exit code of each, and whether it said something. */
const HELP = `
  const [script, ...names] = process.argv.slice(1);
  const { runAnyCommand } = await import(script);
  const write = process.stdout.write.bind(process.stdout);
  const answers = [];
  for (const name of names) {
    let said = '';
    process.stdout.write = (text, done) => ((said += text), typeof done === 'function' && done(), true);
    process.argv = [process.execPath, script, name, '--help'];
    answers.push([await runAnyCommand(script), said.includes(\`Usage:\`) && said.includes(name)]);
  }
  write(JSON.stringify(answers));
`;

for (const program of ['receiver', 'sender'] as const) {
  t.test(`every command of the ${program} has a --help that says what it is for`, async (t) => {
    const place = await preparePlace(t.testdir());
    const { code, stdout } = await place.run(program, '--help');
    t.equal(code, 0);
    const commands = [...stdout.matchAll(/^ {2}([a-z][a-z-]+) .*? {2,}(\S.*)$/gm)].filter(
      ([, name]) => name !== 'help',
    );
    t.ok(commands.length > 5, `${commands.length} commands`);
    for (const [, name = '', description = ''] of commands)
      t.ok(description.length > 20, `${name}: ${description}`);
    const names = commands.map(([, name = '']) => name);
    const script = ownProgram(program).replace('cli.ts', 'commands/all-commands.ts');
    const asked = spawnSync(process.execPath, ['--input-type=module', '-e', HELP, script, ...names]);
    t.strictSame(
      JSON.parse(asked.stdout.toString('utf8')),
      names.map(() => [0, true]),
      asked.stderr.toString('utf8'),
    );
  });
}
