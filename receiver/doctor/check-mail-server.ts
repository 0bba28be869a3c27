import { connect } from 'node:net';
import type { Config, SmtpConfig } from '../../shared/config/config.ts';
import { type Finding, fine, problem, warning } from '../../shared/doctor/finding.ts';
import { describeError } from '../../shared/errors/errors.ts';

const TIMEOUT_MS = 5000;

/** Whether the mail servers answer. Whether they take our mail, `test-email` finds out. */
export async function checkMailServer({ mail: { smtp }, to_addr: to }: Config): Promise<Finding> {
  if (smtp.length === 0) {
    const hint = 'Set mail.smtp in config.json, then: fleetkeep-receiver test-email';
    return warning(
      'mail',
      `no server is configured, so mails to ${to.join(', ')} are written as files`,
      hint,
    );
  }
  const silent = (await Promise.all(smtp.map(complaintAbout))).filter((text) => text !== undefined);
  if (silent.length === 0) {
    const all = smtp.map(({ host, port }) => `${host}, port ${port}`).join(' and ');
    const answers = smtp.length === 1 ? 'answers' : 'answer';
    return fine('mail', `${all} ${answers}; fleetkeep-receiver test-email sends one to ${to.join(', ')}`);
  }
  const hint = 'Check host and port of mail.smtp, and the network.';
  // While one of them answers mails go out.
  return (silent.length < smtp.length ? warning : problem)('mail', silent.join('; '), hint);
}

/** Undefined when it answers. */
async function complaintAbout({ host, port }: SmtpConfig): Promise<string | undefined> {
  try {
    await greet(host, port);
    return undefined;
  } catch (error) {
    return `${host}, port ${port}: ${describeError(error)}`;
  }
}

async function greet(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
      socket.setTimeout(TIMEOUT_MS, () => reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    });
  } finally {
    socket.destroy();
  }
}
