import { connect } from 'node:net';
import type { Config } from '../../shared/config/config.ts';
import { type Finding, fine, problem, warning } from '../../shared/doctor/finding.ts';
import { describeError } from '../../shared/errors/errors.ts';

const TIMEOUT_MS = 5000;

/** Whether the mail server answers. Whether it takes our mail, `test-email` finds out. */
export async function checkMailServer({ mail: { smtp }, to_addr: to }: Config): Promise<Finding> {
  if (smtp === undefined) {
    const hint = 'Set mail.smtp in config.json, then: fleetkeep-receiver test-email';
    return warning(
      'mail',
      `no server is configured, so mails to ${to.join(', ')} are written as files`,
      hint,
    );
  }
  const where = `${smtp.host}, port ${smtp.port}`;
  try {
    await greet(smtp.host, smtp.port);
    return fine('mail', `${where} answers; fleetkeep-receiver test-email sends one to ${to.join(', ')}`);
  } catch (error) {
    return problem(
      'mail',
      `${where}: ${describeError(error)}`,
      'Check host and port of mail.smtp, and the network.',
    );
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
