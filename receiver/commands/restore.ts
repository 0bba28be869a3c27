import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { formatBytes } from '../../shared/cli/format.ts';
import { startControl } from '../../shared/control/control.ts';
import { UsageError, UserError } from '../../shared/errors/errors.ts';
import { readBootId } from '../../shared/files/boot-id.ts';
import { createLogger } from '../../shared/logging/logger.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';
import { type RestoredLog, restoreLogs } from '../backup/restore-log.ts';
import { logsRootOf, mirrorRecordOf } from '../settings.ts';
import { loadConfigOf } from './command-context.ts';
import { renderLog } from './render-copies.ts';

/** `fleetkeep-receiver restore` */
export function addRestore(command: Command, context: CommandContext): void {
  command
    .description(
      'Rebuild live logs from the mirror, while the receiver is stopped. What is damaged is set aside, never deleted; ' +
        'what is newer than the mirror the senders bring when the receiver runs again.',
    )
    .argument('[node]', 'the node whose log is rebuilt')
    .option('--all', 'every log of the mirror')
    .action(async (name: string | undefined, options: { readonly all?: boolean }) => {
      if ((name === undefined) !== (options.all === true)) {
        throw new UsageError('USAGE', 'say either which node, or --all');
      }
      const { config } = await loadConfigOf(command, context);
      const directory = config.receiver.data_directory;
      const log = createLogger(config.log_level);
      // The lock of a running receiver: it must not be started while its logs are being rebuilt, and must not run now.
      await using _lock = await startControl({ directory, name: 'receiver', handlers: {}, log });
      const restored = await restoreLogs({
        logsRoot: logsRootOf(config),
        mirrorDirectory: config.to_directory,
        recordPath: mirrorRecordOf(config),
        node: name === undefined ? undefined : parseNodeName(name),
        bootId: readBootId(),
        isBusy: () => false,
      });
      context.stdout.write(restored.map(renderRestored).join(''));
      const failed = restored.filter(({ kind }) => kind !== 'restored');
      if (failed.length > 0)
        throw new UserError(
          'LOG_DAMAGED',
          `${failed.length} of ${restored.length} logs could not be restored`,
        );
    });
}

function renderRestored(log: RestoredLog): string {
  if (log.kind === 'busy') return `! ${log.name}: the node is connected\n`;
  if (log.kind === 'failed') return `! ${log.name}: ${log.detail}\n`;
  const asides = log.asidePaths.map((path) => `  set aside: ${path}\n`).join('');
  const notes = log.notes.map((note) => `  note: ${note}\n`).join('');
  const copies = log.copies === undefined ? '' : renderLog(log.copies);
  return `${log.name}: ${formatBytes(log.writtenBytes)} brought back from the mirror\n${asides}${notes}${copies}`;
}
