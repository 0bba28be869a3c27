import { type Finding, fine, problem, warning } from '../../shared/doctor/finding.ts';
import { checkServer } from '../../shared/mail/check-server.ts';
import { senderAddress, smtpServersOf } from '../../shared/mail/sender-address.ts';
import type { MailOptions } from '../alerts/mail-options.ts';

const TIMEOUTS = { connectMs: 5_000, greetingMs: 5_000, socketMs: 5_000, totalMs: 20_000 };

/**
 * Whether the mail servers answer and take the password. Whether they take our mail, `test-email`
 * finds out.
 */
export async function checkMailServer(mail: MailOptions): Promise<Finding> {
  const [smtp, from, to] = [smtpServersOf(mail), senderAddress(mail), mail.to];
  if (smtp.length === 0) {
    const hint = 'Set mail.smtp in config.json, then: fleetkeep-receiver test-email';
    return warning(
      'mail',
      `no server is configured, so mails to ${to.join(', ')} are written as files`,
      hint,
    );
  }
  const checks = await Promise.all(smtp.map(async (server) => await checkServer(server, from, TIMEOUTS)));
  const complaints = checks.filter((complaint) => complaint !== undefined);
  if (complaints.length === 0) {
    const all = smtp.map(({ host, port }) => `${host}, port ${port}`).join(' and ');
    const answers = smtp.length === 1 ? 'answers' : 'answer';
    return fine('mail', `${all} ${answers}; fleetkeep-receiver test-email sends one to ${to.join(', ')}`);
  }
  const hint = complaints.find((one) => one.hint !== undefined)?.hint;
  const text = complaints.map(({ error }) => error).join('; ');
  // While one of them answers mails go out.
  const found = complaints.length < smtp.length ? warning : problem;
  return found('mail', text, hint ?? 'Check host, port and password of mail.smtp, and the network.');
}
