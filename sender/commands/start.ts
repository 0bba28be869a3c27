import type { Command } from 'commander';
import type { JoinCode } from '../../shared/auth/join-code.ts';
import { environment } from '../../shared/cli/cli-environment.ts';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { parseNumber, parsePort } from '../../shared/cli/option-parsers.ts';
import type { Config } from '../../shared/config/config.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { createLogger } from '../../shared/logging/logger.ts';
import { serviceManagerOf } from '../../shared/supervise/service-manager.ts';
import { startSupervision } from '../../shared/supervise/supervise.ts';
import { logsRootOf, type Sender, startSender } from '../main.ts';
import { loadOptionsOf } from './command-context.ts';
import { loadConfigApart } from './load-config-apart.ts';
import { parseJoin } from './parse-join.ts';

interface StartFlags {
  readonly join?: JoinCode;
  readonly ifNotRunning?: boolean;
  readonly quiet?: boolean;
}

/** `fleetkeep-sender start` */
export function addStart(command: Command, context: CommandContext): void {
  command
    .description('Sample this machine into a local log and send that to the receiver. Runs until stopped.')
    .option('--join <code>', 'join the receiver that made this code, once', parseJoin)
    .option('--host <address>', 'the receiver, if it is not where the join code says')
    .option('--port <number>', 'its TCP port', parsePort)
    .option(
      '--node-name <name>',
      'name that this node would like when it joins; made of the host name when not given',
    )
    .option('--data-directory <dir>', 'where the local log is kept')
    .option(
      '--sleeptime <seconds>',
      'seconds between samples, whatever the receiver says',
      parseNumber({ min: 0.1, max: 3600 }),
    )
    .option('--if-not-running', 'do nothing when a sender works in this data directory already')
    .option('--quiet', 'say nothing on standard output')
    .action(async (options: StartFlags) => {
      const { config } = await loadConfigApart(loadOptionsOf(command, context));
      const stop = context.stopSignal();
      const log = createLogger(config.log_level);
      const manager = serviceManagerOf(environment(), process.pid);
      await using supervision = startSupervision({ manager, log, signal: stop });
      try {
        // Anew after each change of the node's name.
        for (let join = options.join; !stop.aborted; join = undefined) {
          await using sender = await startSender({ config, join, log, signal: stop });
          if (options.quiet !== true) context.stdout.write(renderStart(sender, config));
          supervision.ready();
          const stopped = new Promise<void>((resolve) =>
            stop.addEventListener('abort', () => resolve(), { once: true }),
          );
          await Promise.race([stopped, sender.ended]);
        }
        log.info('the sender stops');
      } catch (error) {
        if (stop.aborted && error === stop.reason) return;
        const isRunning = error instanceof UserError && error.code === 'ALREADY_RUNNING';
        if (!(isRunning && options.ifNotRunning === true)) throw error;
      }
    });
}

function renderStart({ node, receivers }: Sender, config: Config): string {
  const where = receivers.map(({ host, port }) => `${host}, port ${port}`).join('; ');
  return `fleetkeep-sender keeps node ${node} in ${logsRootOf(config)} and sends to ${where}\n`;
}
