import type { Clock } from '../time/clock.ts';
import type { ProgramCommand, ProgramName } from './program-command.ts';
import type { CommandRunner } from './run-command.ts';
import type { SystemdScope } from './systemd-unit.ts';

/** What starts the program; `task` is the Task Scheduler of Windows. */
export type InstallMethod = 'cron' | 'systemd' | 'launchd' | 'task';

/** What was done, or in a dry run would be done. */
export interface ChangeReport {
  readonly isDryRun: boolean;
  /** One sentence each, in order; empty when everything was as it should be. */
  readonly steps: readonly string[];
  /** What a person should know beside it, one sentence each. */
  readonly notes: readonly string[];
}

/** What one method has made. */
export interface MadeReport extends ChangeReport {
  /** The lines of the crontab, the unit, the property list or the task. */
  readonly text: string;
}

/** The report of {@link installProgram}. */
export interface InstallReport extends MadeReport {
  readonly method: InstallMethod;
}

/** The machine that is changed. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly systemd: SystemdPlace;
  readonly launchd: LaunchdPlace;
  readonly run: CommandRunner;
  readonly clock: Clock;
}

type MachineOptions = { readonly [part in keyof Machine]?: Machine[part] | undefined };

/** Where and how changes are made. What is left out of the machine is as this one has it. */
export interface UninstallOptions extends MachineOptions {
  readonly program: ProgramName;
  /** Only tell what would be done. */
  readonly isDryRun: boolean;
  /** Whose crontab, for root; default one's own. */
  readonly crontabUser?: string | undefined;
}

/** Options of {@link installProgram}. */
export interface InstallOptions extends UninstallOptions {
  /** Default: systemd where it runs, otherwise cron; launchd on macOS, a task on Windows. */
  readonly method?: InstallMethod | undefined;
  readonly command: ProgramCommand;
  /** The program's data directory, absolute; made when it is missing. */
  readonly dataDirectory: string;
  /** A user of its own for the program, in a systemd unit of the machine; default root. */
  readonly user?: string | undefined;
  /** Other directories that it writes to, absolute. */
  readonly otherDirectories?: readonly string[] | undefined;
}

/** Where units lie and whether anybody reads them. */
export interface SystemdPlace {
  readonly isRunning: boolean;
  readonly scope: SystemdScope;
  readonly unitDirectory: string;
}

/** Where property lists lie, and in which of launchd's domains their jobs run. */
export interface LaunchdPlace {
  readonly scope: 'daemon' | 'agent';
  /** `system`, or `gui/501`. */
  readonly domain: string;
  readonly directory: string;
}
