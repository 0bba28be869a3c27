import type { JoinCode } from '../../shared/auth/join-code.ts';
import { environment } from '../../shared/cli/cli-environment.ts';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { unlessStopped, whenStopped } from '../../shared/cli/unless-stopped.ts';
import type { Config } from '../../shared/config/config.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { createLogger } from '../../shared/logging/logger.ts';
import { serviceManagerOf } from '../../shared/supervise/service-manager.ts';
import { startSupervision } from '../../shared/supervise/supervise.ts';
import { type Sender, startSender } from '../main.ts';
import { NewLogBrake } from '../new-log-brake.ts';
import { logsRootOf } from '../settings.ts';

/** The flags of `start` that are no keys of the configuration. */
export interface StartFlags {
  readonly join?: JoinCode;
  readonly ifNotRunning?: boolean;
  readonly quiet?: boolean;
}

/** What `start` is to do. */
export interface StartOrder {
  readonly config: Config;
  readonly flags: StartFlags;
}

/** Runs the sender until it is stopped. */
export async function runStart({ config, flags }: StartOrder, context: CommandContext): Promise<void> {
  const stop = context.stopSignal();
  const log = createLogger(config.log_level);
  const manager = serviceManagerOf(environment(), process.pid);
  await using supervision = startSupervision({ manager, log, signal: stop });
  try {
    // Again after each change of the node's name or log.
    const newLogBrake = new NewLogBrake();
    for (let join = flags.join; !stop.aborted; join = undefined) {
      const starting = startSender({ config, join, log, newLogBrake, signal: stop });
      await using sender = await unlessStopped(starting, stop);
      if (sender === undefined) return;
      if (flags.quiet !== true) context.stdout.write(renderStart(sender, config));
      supervision.ready();
      await Promise.race([whenStopped(stop), sender.ended]);
    }
    log.info('the sender stops');
  } catch (error) {
    if (stop.aborted && error === stop.reason) return;
    const isRunning = error instanceof UserError && error.code === 'ALREADY_RUNNING';
    if (!(isRunning && flags.ifNotRunning === true)) throw error;
  }
}

function renderStart({ node, receivers }: Sender, config: Config): string {
  const where = receivers.map(({ host, port }) => `${host}, port ${port}`).join('; ');
  return `fleetkeep-sender keeps node ${node} in ${logsRootOf(config)} and sends to ${where}\n`;
}
