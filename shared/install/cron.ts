import { cronBlock, withCronBlock, withoutCronBlock } from './cron-lines.ts';
import { readCrontab, removeCrontab, writeCrontab } from './crontab.ts';
import type {
  ChangeReport,
  InstallOptions,
  Machine,
  MadeReport,
  UninstallOptions,
} from './install-options.ts';

type Setting<T> = T & Machine;

/**
 * Writes our lines into the crontab.
 *
 * @throws UserError `INSTALL_FAILED`
 */
export async function installCron(setting: Setting<InstallOptions>): Promise<MadeReport> {
  const { isDryRun, program } = setting;
  const text = cronBlock(setting.command);
  const before = await readCrontab(setting);
  // A crontab is bytes of unknown encoding, held as one character a byte; our part is UTF-8.
  const after = withCronBlock(before ?? '', Buffer.from(text, 'utf8').toString('latin1'), program);
  if (after === before) return { isDryRun, text, steps: [], notes: [] };
  if (!isDryRun) await writeCrontab(after, setting);
  return {
    isDryRun,
    text,
    steps: [`write the lines of the ${program} into the crontab${ofWhom(setting)}`],
    notes: [`cron starts the ${program} within five minutes; \`fleetkeep-${program} start\` starts it now.`],
  };
}

/**
 * Takes our lines out of the crontab; where no cron is, there is nothing to do.
 *
 * @throws UserError `INSTALL_FAILED`
 */
export async function uninstallCron(setting: Setting<UninstallOptions>): Promise<ChangeReport> {
  const { isDryRun, program } = setting;
  const before = await readCrontab({ ...setting, isMissingFine: true });
  const after = withoutCronBlock(before ?? '', program);
  if (before === undefined || after === before) return { isDryRun, steps: [], notes: [] };
  if (!isDryRun) await (after === '' ? removeCrontab(setting) : writeCrontab(after, setting));
  return {
    isDryRun,
    steps: [`take the lines of the ${program} out of the crontab${ofWhom(setting)}`],
    notes: [`A ${program} that cron has started goes on until it is told to stop.`],
  };
}

function ofWhom({ crontabUser }: UninstallOptions): string {
  return crontabUser === undefined ? '' : ` of ${crontabUser}`;
}
