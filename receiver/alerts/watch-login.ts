import { checkServer } from '../../shared/mail/check-server.ts';
import { senderAddress, smtpServersOf } from '../../shared/mail/sender-address.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { MailOptions } from './mail-options.ts';

/**
 * How long until a server that refused the login is tried again, ms: not so often that it locks the
 * account.
 */
const AGAIN_MS = 3_600_000;

/** Whether the mail servers take their passwords. */
export interface LoginWatch extends Disposable {
  /**
   * Why no mail could be sent, as far as the login tells; undefined while one of the servers takes
   * it.
   */
  complaint(): string | undefined;
}

/**
 * Logs in to the mail servers that want a password, so that a wrong one shows before the first
 * alert. Tries again once an hour while none of them takes it.
 */
export function watchLogin(mail: MailOptions, clock: Clock): LoginWatch {
  const stop = new AbortController();
  const servers = smtpServersOf(mail);
  const from = senderAddress(mail);
  let complaint: string | undefined;

  async function watch(): Promise<void> {
    // A server without a password is asked when there is a mail.
    if (mail.to.length === 0 || servers.length === 0 || servers.some(({ user }) => user === undefined))
      return;
    for (;;) {
      const found = await Promise.all(servers.map(async (server) => await checkServer(server, from)));
      const complaints = found.filter((one) => one !== undefined);
      const isUsable = complaints.length < servers.length;
      complaint = isUsable ? undefined : complaints.map(({ error }) => error).join('; ');
      if (isUsable) return;
      await clock.sleep(AGAIN_MS, stop.signal);
    }
  }

  watch().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return { complaint: () => complaint, [Symbol.dispose]: () => stop.abort() };
}
