import type { Command } from 'commander';
import { environment } from '../../shared/cli/cli-environment.ts';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { parseInteger, parseNumber, parsePort } from '../../shared/cli/option-parsers.ts';
import { unlessStopped, whenStopped } from '../../shared/cli/unless-stopped.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { createLogger, type Logger } from '../../shared/logging/logger.ts';
import { serviceManagerOf } from '../../shared/supervise/service-manager.ts';
import { startSupervision } from '../../shared/supervise/supervise.ts';
import type { Receiver } from '../receiver.ts';
import { loadConfigOf, loadOptionsOf } from './command-context.ts';
import { renderStart } from './render-start.ts';

interface StartFlags {
  readonly ifNotRunning?: boolean;
  readonly quiet?: boolean;
}

/** `fleetkeep-receiver start` */
export function addStart(command: Command, context: CommandContext): void {
  command
    .description(
      'Take the logs of the senders, keep and mirror them, tell when a node is gone. Runs until stopped.',
    )
    .option('--host <address>', 'address to listen on, and where senders find this receiver')
    .option('--listen <address>', 'address to listen on, if not --host, e.g. 0.0.0.0')
    .option('--port <number>', 'TCP port to listen on', parsePort)
    .option('--data-directory <dir>', 'where logs and state are kept')
    .option('--to-directory <dir>', 'the mirror, on the secondary drive')
    .option('--to-addr <addresses>', 'who gets the e-mails')
    .option(
      '--number-of-nodes <count>',
      'how many senders may be connected',
      parseInteger({ min: 1, max: 100_000 }),
    )
    .option(
      '--sleeptime <seconds>',
      'seconds between samples, told to all senders',
      parseNumber({ min: 0.1, max: 3600 }),
    )
    .option(
      '--workers <count>',
      'threads that take in logs; 0 is one per core',
      parseInteger({ min: 0, max: 64 }),
    )
    .option('--if-not-running', 'do nothing when a receiver works in this data directory already')
    .option('--quiet', 'say nothing on standard output')
    .action(async (flags: StartFlags) => {
      const loaded = await loadConfigOf(command, context);
      const stop = context.stopSignal();
      const log = createLogger(loaded.config.log_level);
      const manager = serviceManagerOf(environment(), process.pid);
      const running: { receiver?: Receiver } = {};
      const isWell = () => running.receiver?.ingest.isStuck() !== true;
      await using supervision = startSupervision({ manager, isWell, log, signal: stop });
      try {
        // The other commands, whose help this stands in, take half as long to begin without it.
        const { startReceiver } = await import('../main.ts');
        if (stop.aborted) return;
        const starting = startReceiver({ ...loaded, load: loadOptionsOf(command, context), log });
        await using receiver = await unlessStopped(starting, stop);
        if (receiver === undefined) return;
        running.receiver = receiver;
        if (flags.quiet !== true) context.stdout.write(renderStart(receiver));
        context.onHangUp(() => void reload(receiver, log));
        supervision.ready();
        // The signal alone does not keep the process alive; the sockets do.
        await whenStopped(stop);
        log.info('the receiver stops');
      } catch (error) {
        const isRunning = error instanceof UserError && error.code === 'ALREADY_RUNNING';
        if (!(isRunning && flags.ifNotRunning === true)) throw error;
      }
    });
}

/** As `reload`, but it is the log that says what came of it. */
async function reload(receiver: Receiver, log: Logger): Promise<void> {
  try {
    const { applied, overridden, waiting } = await receiver.reload();
    log.info({ applied, overridden, waiting }, 'config.json was read again, as SIGHUP asks');
  } catch (err) {
    log.error({ err }, 'config.json cannot be used; the old one stays');
  }
}
