import { explainFailure } from './explain-failure.ts';
import { logInTo } from './nodemailer.ts';
import { SMTP_TIMEOUTS, type SmtpConfig, type SmtpTimeouts } from './smtp-config.ts';

/** What keeps a server from taking mails. */
export interface ServerComplaint {
  readonly error: string;
  /** What to do, where that is known. */
  readonly hint: string | undefined;
}

/**
 * Whether a server answers and takes the password; undefined when it does. Sends nothing. Never
 * throws.
 */
export async function checkServer(
  smtp: SmtpConfig,
  from: string,
  timeouts: SmtpTimeouts = SMTP_TIMEOUTS,
): Promise<ServerComplaint | undefined> {
  try {
    await logInTo(smtp, timeouts, from);
    return undefined;
  } catch (error) {
    const { message, hint } = explainFailure(error, smtp);
    return { error: message, hint };
  }
}
