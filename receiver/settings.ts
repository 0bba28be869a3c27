import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../shared/config/config.ts';
import { UsageError } from '../shared/errors/errors.ts';
import type { Logger } from '../shared/logging/logger.ts';
import { systemClock } from '../shared/time/clock.ts';
import type { MailOptions } from './alerts/alerts.ts';
import type { StartHistoryOptions } from './history/start-history.ts';
import { type Identity, openIdentity } from './identity/identity.ts';
import { readPair } from './identity/key-pair.ts';
import type { IngestLimits } from './ingest/limits.ts';
import { rulesOfConfig, tagsOfConfig } from './rules/rules-of-config.ts';

/** Where the logs lie in the receiver's data directory. */
export function logsRootOf(config: Config): string {
  return join(config.receiver.data_directory, 'logs');
}

/** Where the receiver records what verifications came to. */
export function verifyRecordOf(config: Config): string {
  return join(config.receiver.data_directory, 'verified.json');
}

/** Where the receiver remembers its mirror. */
export function mirrorRecordOf(config: Config): string {
  return join(config.receiver.data_directory, 'mirror.json');
}

/** How messages go out, from the configuration. @throws UsageError when `mail.smtp.ca_file` cannot be read */
export async function mailOptionsOf(config: Config): Promise<MailOptions> {
  const { channels, queue_limit: queueLimit, link_base: linkBase } = config.alerts;
  const smtp = await Promise.all(
    config.mail.smtp.map(async (server) => ({
      ...server,
      ca: server.ca_file === undefined ? undefined : await readCa(server.ca_file),
    })),
  );
  return { smtp, from: config.mail.from, to: config.to_addr, channels, queueLimit, linkBase };
}

async function readCa(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError('CONFIG_INVALID', `cannot read mail.smtp.ca_file ${path}`, { cause });
  });
}

/** Opens what senders know this receiver by; undefined for plain TCP. @throws UserError `CERTIFICATE_UNUSABLE` */
export async function openIdentityOf({ receiver, transport, host }: Config): Promise<Identity | undefined> {
  if (transport === 'plain_on_encrypted_network') return undefined;
  const { data_directory: directory, certificate_file: certificate, key_file: key } = receiver;
  const configured = certificate && key ? await readPair(certificate, key) : undefined;
  const hostNames = [...new Set([hostname(), 'localhost', host, ...(receiver.join_addresses ?? [])])];
  return await openIdentity({ directory, configured, hostNames, now: () => systemClock.now() });
}

/** The certificate of the web app: that of the receiver, unless only this machine can reach it. */
export function webTlsOf({ web }: Config, identity: Identity | undefined): Identity['current'] | undefined {
  const isOwn = web.listen_address === '::1' || /^(127\.|localhost$)/.test(web.listen_address);
  return isOwn ? undefined : identity?.current;
}

const DAY_MS = 86_400_000;

/** How history is kept and what it is held against, from the configuration. */
export function historyOptionsOf(
  config: Config,
  log: Logger,
): Omit<StartHistoryOptions, 'firing' | 'onRule' | 'onRuleGone' | 'onHung'> {
  const { days, worker_heap_mb: heapMb } = config.history;
  const kept = [days.ten_seconds, days.one_minute, days.quarter_hour, days.two_hours];
  return {
    logsRoot: logsRootOf(config),
    path: join(config.receiver.data_directory, 'history.db'),
    keptMs: kept.map((count) => count * DAY_MS),
    rules: rulesOfConfig(config),
    tags: tagsOfConfig(config),
    heapMb,
    log,
  };
}

/** What peers may do at most, as ingest takes it. */
export function ingestLimitsOf({ receiver: { limits } }: Config): IngestLimits {
  return {
    frameBytes: limits.frame_bytes,
    lineBytes: limits.line_bytes,
    unreadBytes: limits.unread_bytes,
    newcomers: limits.newcomers,
    newcomersPerAddress: limits.newcomers_per_address,
    bytesPerDay: limits.bytes_per_day,
  };
}
