import type { ProgramCommand, ProgramName } from './program-command.ts';
import { xmlText } from './xml-text.ts';

/** The name of the job, and with `.plist` that of its file. */
export function launchdLabel(program: ProgramName): string {
  return `fleetkeep-${program}`;
}

/**
 * The property list of a launchd job (launchd.plist(5)) that starts the program when it is loaded and again whenever it
 * ended.
 *
 * @throws UserError `INSTALL_FAILED` when a path cannot be written in it
 */
export function launchdPlist(command: ProgramCommand): string {
  const { program, nodePath, nodeFlags, cliPath, configPath } = command;
  const words = [nodePath, ...nodeFlags, cliPath, 'start', '--quiet', '--config', configPath];
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    ...entry('Label', string(launchdLabel(program))),
    ...entry('ProgramArguments', '<array>', ...words.map((word) => `  ${string(word)}`), '</array>'),
    ...entry('RunAtLoad', '<true/>'),
    ...entry('KeepAlive', '<true/>'),
    // Seconds between two starts; launchd makes no start sooner than this, and never gives up.
    ...entry('ThrottleInterval', '<integer>10</integer>'),
    // Seconds from SIGTERM to SIGKILL.
    ...entry('ExitTimeOut', '<integer>20</integer>'),
    // launchd only ever appends to a file; one would grow for ever.
    ...entry('StandardOutPath', string('/dev/null')),
    ...entry('StandardErrorPath', string('/dev/null')),
    '</dict>',
    '</plist>',
  ].join('\n')}\n`;
}

function entry(key: string, ...value: readonly string[]): readonly string[] {
  return [`  <key>${key}</key>`, ...value.map((line) => `  ${line}`)];
}

function string(text: string): string {
  return `<string>${xmlText(text)}</string>`;
}
