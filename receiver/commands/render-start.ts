import type { Receiver } from '../receiver.ts';
import { logsRootOf } from '../settings.ts';

/** What `start` says on standard output: where everything is, in a few lines. */
export function renderStart(receiver: Receiver): string {
  const { config, port } = receiver;
  const mail = receiver.alerts.state();
  const lines = [
    `fleetkeep-receiver listens on ${config.receiver.listen_address}, port ${port}, for up to ${receiver.numberOfNodes()} nodes`,
    `  logs    ${logsRootOf(config)}/node-NAME.log`,
    `  mirror  ${config.to_directory} (${config.mirror.schedule}, ${config.mirror.time_zone})`,
    `  alerts  to ${config.to_addr.join(', ')}, ${mail.channel === 'eml' ? `as files in ${mail.target}: mail.smtp is not configured` : `by ${mail.target}`}`,
    ...webLines(receiver),
  ];
  return `${lines.join('\n')}\n`;
}

function webLines({ web }: Receiver): readonly string[] {
  if (web === undefined) return [];
  const setup = web.setupUrl();
  return setup === undefined
    ? [`  pages   ${web.url}`]
    : [`  pages   ${web.url}`, `          set a password: ${setup}`];
}
