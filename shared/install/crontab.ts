import { UserError } from '../errors/errors.ts';
import type { CommandResult, CommandRunner } from './run-command.ts';

/** Which crontab, and how it is reached. */
export interface CrontabAccess {
  readonly run: CommandRunner;
  /** Whose, for root; default one's own. */
  readonly crontabUser?: string | undefined;
  /** Where there is no `crontab` command, take it for no crontab instead of throwing. */
  readonly isMissingFine?: boolean | undefined;
}

/** How the crons in use say that there is none: Vixie, Debian, cronie; busybox. */
const NO_CRONTAB = /^no crontab for |can't open .*No such file/im;

/**
 * The crontab, one character a byte; undefined when the user has none.
 *
 * @throws UserError `INSTALL_FAILED`
 */
export async function readCrontab(access: CrontabAccess): Promise<string | undefined> {
  const result = await access.run('crontab', [...whose(access), '-l']);
  if (result.kind === 'missing' && access.isMissingFine === true) return undefined;
  if (result.kind === 'ended' && result.exitCode !== 0 && NO_CRONTAB.test(result.stderr)) return undefined;
  return succeeded(result, 'read').stdout.toString('latin1');
}

/**
 * Replaces the crontab by a text of one character a byte.
 *
 * @throws UserError `INSTALL_FAILED`
 */
export async function writeCrontab(content: string, access: CrontabAccess): Promise<void> {
  const input = Buffer.from(content, 'latin1');
  succeeded(await access.run('crontab', [...whose(access), '-'], { input }), 'write');
}

/**
 * Removes the crontab.
 *
 * @throws UserError `INSTALL_FAILED`
 */
export async function removeCrontab(access: CrontabAccess): Promise<void> {
  succeeded(await access.run('crontab', [...whose(access), '-r']), 'remove');
}

function whose({ crontabUser }: CrontabAccess): readonly string[] {
  return crontabUser === undefined ? [] : ['-u', crontabUser];
}

function succeeded(result: CommandResult, verb: string): CommandResult & { readonly kind: 'ended' } {
  if (result.kind === 'missing') {
    throw new UserError('INSTALL_FAILED', 'there is no `crontab` command on this machine', {
      hint: 'Install cron (Debian: `apt install cron`), or use --systemd.',
    });
  }
  if (result.exitCode === 0) return result;
  const why = result.stderr.trim() || `exit code ${result.exitCode}`;
  throw new UserError('INSTALL_FAILED', `cannot ${verb} the crontab: ${why}`);
}
