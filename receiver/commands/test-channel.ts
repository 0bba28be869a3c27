import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { sendTestMessage } from '../alerts/send-test-mail.ts';
import { HEARTBEAT_NAME, testHeartbeat } from '../alerts/test-heartbeat.ts';
import { mailOptionsOf } from '../settings.ts';
import { loadConfigOf } from './command-context.ts';

/** `fleetkeep-receiver test-channel NAME` */
export function addTestChannel(command: Command, context: CommandContext): void {
  command
    .description(
      'Send a message by one of alerts.channels the way alerts are sent, and say what went wrong if it did.',
    )
    .argument('<name>', 'its name in alerts.channels; mail for mails, heartbeat for the dead man’s switch')
    .action(async (name: string) => {
      const { config } = await loadConfigOf(command, context);
      const directory = config.receiver.data_directory;
      if (name === HEARTBEAT_NAME && !config.alerts.channels.some((one) => one.name === name)) {
        const host = await testHeartbeat(config.alerts.heartbeat.url);
        context.stdout.write(`the dead man's switch at ${host} was called\n`);
        return;
      }
      const sent = await sendTestMessage({ name, mail: await mailOptionsOf(config), directory });
      context.stdout.write(`a test message went to ${sent.target}\n`);
    });
}
