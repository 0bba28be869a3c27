import type { ProgramCommand, ProgramName } from './program-command.ts';
import type { CommandRunner } from './run-command.ts';
import type { SystemdScope } from './systemd-unit.ts';

/** What starts the program. */
export type InstallMethod = 'cron' | 'systemd';

/** What was done, or in a dry run would be done. */
export interface ChangeReport {
  readonly isDryRun: boolean;
  /** One sentence each, in order; empty when everything was as it should be. */
  readonly steps: readonly string[];
  /** What a person should know beside it, one sentence each. */
  readonly notes: readonly string[];
}

/** The report of {@link installProgram}. */
export interface InstallReport extends ChangeReport {
  readonly method: InstallMethod;
  /** The lines of the crontab, or the unit. */
  readonly text: string;
}

/** Where and how changes are made. */
export interface UninstallOptions {
  readonly program: ProgramName;
  /** Only tell what would be done. */
  readonly isDryRun: boolean;
  /** Whose crontab, for root; default one's own. */
  readonly crontabUser?: string | undefined;
  /** Default: what the machine has. */
  readonly systemd?: SystemdPlace | undefined;
  /** Default: real commands. */
  readonly run?: CommandRunner | undefined;
}

/** Options of {@link installProgram}. */
export interface InstallOptions extends UninstallOptions {
  /** Default: systemd where it runs, otherwise cron. */
  readonly method?: InstallMethod | undefined;
  readonly command: ProgramCommand;
  /** The program's data directory, absolute; made when it is missing. */
  readonly dataDirectory: string;
  /** Other directories that it writes to, absolute. */
  readonly otherDirectories?: readonly string[] | undefined;
}

/** Where units lie and whether anybody reads them. */
export interface SystemdPlace {
  readonly isRunning: boolean;
  readonly scope: SystemdScope;
  readonly unitDirectory: string;
}
