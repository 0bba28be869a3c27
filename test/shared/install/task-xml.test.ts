import { spawnSync } from 'node:child_process';
import t from 'tap';
import { NODE_FLAGS } from '../../../sender/node-flags.ts';
import { encodeTask, taskFingerprint, taskXml } from '../../../shared/install/task-xml.ts';

const COMMAND = {
  program: 'sender',
  nodeFlags: NODE_FLAGS,
  nodePath: String.raw`C:\Program Files\nodejs\node.exe`,
  cliPath: String.raw`C:\fleetkeep\dist\sender\cli.js`,
  configPath: String.raw`C:\Users\Ann & Bob\config.json`,
} as const;

/** Prints every element without children as `path: text`, the names without their namespace. */
const FLATTEN = `
import sys, xml.etree.ElementTree as xml
def walk(element, path):
    name = path + '/' + element.tag.removeprefix('{http://schemas.microsoft.com/windows/2004/02/mit/task}')
    if len(element) == 0: print(name[1:] + ': ' + (element.text or ''))
    for child in element: walk(child, name)
walk(xml.fromstring(sys.stdin.buffer.read()), '')
`;

/** What another reader of XML makes of the bytes that schtasks gets. */
function readBack(bytes: Buffer): readonly string[] {
  const { stdout, stderr } = spawnSync('python3', ['-X', 'utf8', '-c', FLATTEN], {
    input: bytes,
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return stdout.trimEnd().split('\n');
}

/** Splits a line as Windows does for `argv` (CommandLineToArgvW): of n backslashes before a quotation mark, half stay. */
function splitLine(line: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  let isQuoted = false;
  for (const [token, slashes = '', quote] of `${line} `.matchAll(/(\\*)(")|\\+|\s|[^\\"\s]+/g)) {
    if (quote !== undefined) {
      word += '\\'.repeat(Math.floor(slashes.length / 2));
      if (slashes.length % 2 === 1) word += quote;
      else isQuoted = !isQuoted;
    } else if (isQuoted || token.trim() !== '') {
      word += token;
    } else {
      words.push(word);
      word = '';
    }
  }
  return words;
}

const hasPython = spawnSync('python3', ['-c', 'import xml.etree.ElementTree']).status === 0;
const skip = hasPython ? false : 'needs python3, to read XML';

await t.test('taskXml() is a task of the Task Scheduler', async (t) => {
  t.matchSnapshot(taskXml(COMMAND));
});

await t.test('taskXml() is read by others as it was meant', { skip }, async (t) => {
  const lines = readBack(encodeTask(taskXml(COMMAND)));
  for (const line of [
    `Task/RegistrationInfo/Source: ${taskFingerprint(COMMAND)}`,
    'Task/Triggers/BootTrigger/Enabled: true',
    'Task/Triggers/TimeTrigger/Repetition/Interval: PT5M',
    'Task/Principals/Principal/UserId: S-1-5-18',
    'Task/Settings/MultipleInstancesPolicy: IgnoreNew',
    'Task/Settings/DisallowStartIfOnBatteries: false',
    'Task/Settings/StopIfGoingOnBatteries: false',
    'Task/Settings/ExecutionTimeLimit: PT0S',
    'Task/Settings/RestartOnFailure/Interval: PT1M',
    String.raw`Task/Actions/Exec/Command: C:\Program Files\nodejs\node.exe`,
    String.raw`Task/Actions/Exec/Arguments: ${NODE_FLAGS.join(' ')} C:\fleetkeep\dist\sender\cli.js start --if-not-running --quiet --config "C:\Users\Ann & Bob\config.json"`,
  ]) {
    t.ok(lines.includes(line), line);
  }
});

await t.test('taskXml() writes arguments so that Windows splits them as they were', { skip }, async (t) => {
  const odd = String.raw`\\server\a b\<"x\" y>\ü😀 \ `.concat('\\');
  const lines = readBack(encodeTask(taskXml({ ...COMMAND, nodeFlags: [], cliPath: odd, configPath: odd })));
  const line = lines.find((one) => one.startsWith('Task/Actions/Exec/Arguments: ')) ?? '';
  const argv = ['start', '--if-not-running', '--quiet', '--config'];
  t.strictSame(splitLine(line.replace(/^.*?: /, '')), [odd, ...argv, odd]);
});

await t.test(
  'taskXml() refuses what the Task Scheduler would replace, and what XML cannot hold',
  async (t) => {
    for (const path of [String.raw`C:\%TEMP%\a`, String.raw`C:\$(Arg0)\a`, 'C:\\a\nb']) {
      t.throws(() => taskXml({ ...COMMAND, configPath: path }), { code: 'INSTALL_FAILED' });
      t.throws(() => taskXml({ ...COMMAND, nodePath: path }), { code: 'INSTALL_FAILED' });
    }
  },
);

await t.test('taskFingerprint() is another for every other task', async (t) => {
  t.equal(taskFingerprint(COMMAND), taskFingerprint({ ...COMMAND }));
  t.not(taskFingerprint(COMMAND), taskFingerprint({ ...COMMAND, nodeFlags: [] }));
  t.not(taskFingerprint(COMMAND), taskFingerprint({ ...COMMAND, program: 'receiver' }));
});
