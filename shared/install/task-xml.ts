import { createHash } from 'node:crypto';
import { UserError } from '../errors/errors.ts';
import type { ProgramCommand, ProgramName } from './program-command.ts';
import { xmlText } from './xml-text.ts';

/** The name of the task, in the root folder of the Task Scheduler. */
export function taskName(program: ProgramName): string {
  return `fleetkeep-${program}`;
}

/**
 * A task of the Windows Task Scheduler (schema 1.2, the one of Windows Vista) that starts the program at boot, and every five
 * minutes when it does not run. It belongs to the machine (the account SYSTEM), so nobody has to be logged in.
 *
 * @throws UserError `INSTALL_FAILED` when a path cannot be written in it
 */
export function taskXml(command: ProgramCommand): string {
  return document(command, taskFingerprint(command));
}

/** Stands in the task and differs for every other task: the Task Scheduler keeps the text, but not as it was written. */
export function taskFingerprint(command: ProgramCommand): string {
  const digest = createHash('sha256').update(document(command, '')).digest('hex');
  return `fleetkeep-${command.program} ${digest}`;
}

/** What `schtasks /XML` reads: UTF-16 with a byte order mark. */
export function encodeTask(xml: string): Buffer {
  return Buffer.from(`\ufeff${xml}`, 'utf16le');
}

function document({ program, nodePath, nodeFlags, cliPath, configPath }: ProgramCommand, source: string) {
  const words = [...nodeFlags, cliPath, 'start', '--if-not-running', '--quiet', '--config', configPath];
  return `${[
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    `    <Source>${xmlText(source)}</Source>`,
    `    <Description>Keeps the Fleetkeep ${program} running.</Description>`,
    '  </RegistrationInfo>',
    ...TRIGGERS,
    ...PRINCIPAL,
    ...SETTINGS,
    '  <Actions Context="machine">',
    '    <Exec>',
    `      <Command>${xmlText(unchanged(nodePath))}</Command>`,
    `      <Arguments>${xmlText(words.map(quoteWord).join(' '))}</Arguments>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
  ].join('\n')}\n`;
}

/** The second one is always on: what ended without a failure, or failed too often, comes back within five minutes. */
const TRIGGERS = [
  '  <Triggers>',
  '    <BootTrigger>',
  '      <Enabled>true</Enabled>',
  '    </BootTrigger>',
  '    <TimeTrigger>',
  '      <Enabled>true</Enabled>',
  '      <StartBoundary>2020-01-01T00:00:00</StartBoundary>',
  '      <Repetition>',
  '        <Interval>PT5M</Interval>',
  '        <StopAtDurationEnd>false</StopAtDurationEnd>',
  '      </Repetition>',
  '    </TimeTrigger>',
  '  </Triggers>',
];

const PRINCIPAL = [
  '  <Principals>',
  '    <Principal id="machine">',
  '      <UserId>S-1-5-18</UserId>',
  '      <RunLevel>HighestAvailable</RunLevel>',
  '    </Principal>',
  '  </Principals>',
];

/** The defaults are made for chores: not on batteries, three days at most, and below normal priority (7). */
const SETTINGS = [
  '  <Settings>',
  '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
  '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
  '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
  '    <AllowHardTerminate>true</AllowHardTerminate>',
  '    <StartWhenAvailable>true</StartWhenAvailable>',
  '    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>',
  '    <IdleSettings>',
  '      <StopOnIdleEnd>false</StopOnIdleEnd>',
  '      <RestartOnIdle>false</RestartOnIdle>',
  '    </IdleSettings>',
  '    <AllowStartOnDemand>true</AllowStartOnDemand>',
  '    <Enabled>true</Enabled>',
  '    <Hidden>false</Hidden>',
  '    <RunOnlyIfIdle>false</RunOnlyIfIdle>',
  '    <WakeToRun>false</WakeToRun>',
  '    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
  '    <Priority>5</Priority>',
  '    <RestartOnFailure>',
  '      <Interval>PT1M</Interval>',
  '      <Count>3</Count>',
  '    </RestartOnFailure>',
  '  </Settings>',
];

/** The Task Scheduler replaces variables, %NAME% and $(NAME), and knows no way to write these characters as themselves. */
function unchanged(path: string): string {
  if (!/%|\$\(/.test(path)) return path;
  throw new UserError('INSTALL_FAILED', `the path ${JSON.stringify(path)} cannot be written in a task`, {
    hint: 'Use paths without % and $(.',
  });
}

/** As CommandLineToArgvW reads it: backslashes are doubled before a quotation mark, and only there. */
function quoteWord(word: string): string {
  const text = unchanged(word);
  if (!/[\s"]/.test(text) && text !== '') return text;
  return `"${text.replace(/(\\*)("|$)/g, (_, slashes: string, end: string) => slashes + slashes + (end && '\\"'))}"`;
}
