import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { parseNumber, parsePort } from '../../shared/cli/option-parsers.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { createLogger } from '../../shared/logging/logger.ts';
import { logsRootOf, startSender } from '../main.ts';
import { loadConfigOf } from './command-context.ts';

/** `fleetkeep-sender start` */
export function addStart(command: Command, context: CommandContext): void {
  command
    .description('Sample this machine into a local log and send that to the receiver. Runs until stopped.')
    .option('--host <address>', 'the receiver')
    .option('--port <number>', 'its TCP port', parsePort)
    .option('--node-name <name>', 'name of this node; made of the host name when not given')
    .option('--data-directory <dir>', 'where the local log is kept')
    .option(
      '--sleeptime <seconds>',
      'seconds between samples, whatever the receiver says',
      parseNumber({ min: 0.1, max: 3600 }),
    )
    .option('--if-not-running', 'do nothing when a sender works in this data directory already')
    .option('--quiet', 'say nothing on standard output')
    .action(async (options: { readonly ifNotRunning?: boolean; readonly quiet?: boolean }) => {
      const { config } = await loadConfigOf(command, context);
      const stop = context.stopSignal();
      const log = createLogger(config.log_level);
      try {
        await using sender = await startSender({ config, log });
        const receivers = config.sender.receivers.map(({ host, port }) => `${host}, port ${port}`).join('; ');
        if (options.quiet !== true) {
          const text = `fleetkeep-sender keeps node ${sender.node} in ${logsRootOf(config)} and sends to ${receivers}\n`;
          context.stdout.write(text);
        }
        const stopped = new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
        await Promise.race([stopped, sender.failed]);
        log.info('the sender stops');
      } catch (error) {
        const isRunning = error instanceof UserError && error.code === 'ALREADY_RUNNING';
        if (!(isRunning && options.ifNotRunning === true)) throw error;
      }
    });
}
