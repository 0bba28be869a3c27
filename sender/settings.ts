import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../shared/config/config.ts';
import { describeError } from '../shared/errors/errors.ts';
import type { Logger } from '../shared/logging/logger.ts';
import type { SmtpConfig } from '../shared/mail/smtp-config.ts';
import type { SenderAlertsOptions } from './alerts/alerts.ts';
import type { Reachability } from './alerts/outage.ts';
import type { UplinkState } from './uplink/uplink.ts';

/** Where the log lies in the sender's data directory. */
export function logsRootOf(config: Config): string {
  return join(config.sender.data_directory, 'logs');
}

/** What the configuration says of the sender's own mail. */
export type AlertSettings = Pick<SenderAlertsOptions, 'lostAfterMs' | 'directory' | 'mail' | 'log'>;

/** How the sender tells that it has lost its receiver; undefined when it is not to, or cannot. */
export async function senderAlertsOf(config: Config, log: Logger): Promise<AlertSettings | undefined> {
  const { mail, to_addr: to, sender } = config;
  const lostAfterMs = sender.receiver_lost_after_seconds * 1000;
  if (lostAfterMs === 0 || to.length === 0) return undefined;
  const smtp = await usableServers(mail.smtp, log);
  if (smtp.length === 0) return undefined;
  return { lostAfterMs, directory: sender.data_directory, mail: { smtp, from: mail.from, to }, log };
}

/** A config.json made for the receiver may name files that a node does not have; sampling must not suffer from that. */
async function usableServers(servers: Config['mail']['smtp'], log: Logger): Promise<readonly SmtpConfig[]> {
  const usable: SmtpConfig[] = [];
  for (const { ca_file: path, ...server } of servers) {
    const { host, user, password } = server;
    try {
      if (user !== undefined && password === undefined) throw new Error('its password_file cannot be read');
      usable.push({ ...server, ca: path === undefined ? undefined : await readFile(path, 'utf8') });
    } catch (error) {
      log.warn({ host, reason: describeError(error) }, 'no mail about a lost receiver by this server');
    }
  }
  return usable;
}

/** What the uplink's state means for the administrator. */
export function reachabilityOf(state: UplinkState): Reachability {
  switch (state.kind) {
    case 'connected':
      return { kind: 'connected', receiver: state.receiver };
    case 'waiting':
    case 'refused':
      return { kind: 'away', receiver: state.receiver, reason: state.reason };
    case 'connecting':
      return { kind: 'away', receiver: state.receiver, reason: undefined };
    case 'stopped':
      return { kind: 'away', receiver: '', reason: undefined };
    default:
      return state satisfies never;
  }
}
