import { describeError } from '../errors/errors.ts';
import { cleanText } from './clean-text.ts';
import type { MailFailure } from './nodemailer.ts';
import type { SendResult } from './send-result.ts';
import type { SmtpConfig } from './smtp-config.ts';

/** Why a mail was not sent, in words, and whether it is worth trying again. */
export interface FailureExplanation {
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  readonly verdict: Exclude<SendResult['kind'], 'sent'>;
  readonly scope: 'message' | 'channel';
}

/** Explains what nodemailer threw. */
export function explainFailure(error: unknown, config: SmtpConfig): FailureExplanation {
  const failure: MailFailure = error instanceof Error ? error : new Error(String(error));
  const server = `the SMTP server ${config.host}:${config.port}`;
  const explained =
    explainConnection(failure, config, server) ??
    explainTls(failure, config, server) ??
    explainLogin(failure, config, server) ??
    explainAnswer(failure, server);
  return (
    explained ?? channelTrouble(`${server} could not be used: ${cleanText(describeError(error))}`, LOOK_AGAIN)
  );
}

const LOOK_AGAIN = 'Check host, port and tls of mail.smtp in config.json.';

function channelTrouble(message: string, hint: string): FailureExplanation {
  return { message, hint, verdict: 'try_later', scope: 'channel' };
}

function explainConnection(
  { code, originalCode, timeoutType }: MailFailure,
  config: SmtpConfig,
  server: string,
): FailureExplanation | undefined {
  if (code === 'EDNS' || originalCode === 'ENOTFOUND') {
    return channelTrouble(
      `unknown host: ${config.host} could not be found`,
      'Check the spelling of mail.smtp.host, and whether this machine can resolve names.',
    );
  }
  if (originalCode === 'ECONNREFUSED') {
    return channelTrouble(
      `connection refused: nothing listens at ${config.host}, port ${config.port}`,
      'Check mail.smtp.port (587 with starttls, 465 with implicit, 25 without), and whether the server runs.',
    );
  }
  if (code === 'ETIMEDOUT' || code === 'EABORT' || originalCode === 'ETIMEDOUT') {
    return timeoutType === 'GREETING_TIMEOUT'
      ? channelTrouble(`${server} accepts connections but says nothing`, tlsHint(config))
      : channelTrouble(
          `${server} did not answer in time`,
          'A firewall may be in the way; many providers block port 25.',
        );
  }
  if (originalCode !== undefined && /^E(HOST|NET)UNREACH$/.test(originalCode)) {
    return channelTrouble(`no way to ${server}`, 'Check the network of this machine.');
  }
  return undefined;
}

function explainTls(
  { code, originalCode, command, message, responseCode }: MailFailure,
  config: SmtpConfig,
  server: string,
): FailureExplanation | undefined {
  if (command === 'STARTTLS' && responseCode !== undefined) {
    return channelTrouble(
      `${server} does not offer STARTTLS`,
      'Nothing was sent unencrypted. Use tls "implicit" (port 465) if it has that, or "none" if the network can be trusted.',
    );
  }
  const certificate = [originalCode, message].find((text) => text !== undefined && CERTIFICATE.test(text));
  if (certificate !== undefined) {
    return channelTrouble(
      `the certificate of ${server} was refused: ${cleanText(message ?? certificate)}`,
      'Use the name that stands in the certificate as mail.smtp.host; give the certificate of a private authority as mail.smtp.ca_file.',
    );
  }
  if (code === 'ETLS' || /^ERR_SSL|^EPROTO$/.test(originalCode ?? '')) {
    return channelTrouble(
      `no encrypted connection to ${server}: ${cleanText(message ?? '')}`,
      tlsHint(config),
    );
  }
  return undefined;
}

const CERTIFICATE =
  /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|certificate|ERR_TLS_CERT_ALTNAME_INVALID|altnames/i;

function tlsHint(config: SmtpConfig): string {
  return config.tls === 'implicit'
    ? 'tls "implicit" is for port 465; port 587 wants "starttls".'
    : `tls "${config.tls}" is for ports 25 and 587; port 465 wants "implicit".`;
}

/** Answers that speak of the login, not of the message: RFC 4954, section 6. */
const LOGIN_CODES = [530, 534, 535, 538, 454];

function explainLogin(
  { code, response, responseCode }: MailFailure,
  config: SmtpConfig,
  server: string,
): FailureExplanation | undefined {
  const isLogin = code === 'EAUTH' || code === 'ENOAUTH' || LOGIN_CODES.includes(responseCode ?? 0);
  if (!isLogin) return undefined;
  const answer = response === undefined ? '' : ` (${cleanText(response)})`;
  if (config.user !== undefined && WITHOUT_ENCRYPTION.test(`${responseCode} ${response}`)) {
    return channelTrouble(`${server} takes a login only on an encrypted connection${answer}`, ENCRYPT);
  }
  if (config.user !== undefined && NO_LOGIN_HERE.includes(responseCode ?? 0)) {
    return channelTrouble(`${server} offers no login on this connection${answer}`, noLoginHint(config));
  }
  if (responseCode === 421 || responseCode === 454) {
    return channelTrouble(
      `${server} cannot check a login at the moment${answer}`,
      'It is tried again; its answer says why.',
    );
  }
  if (config.user === undefined) {
    return channelTrouble(
      `${server} wants a login${answer}`,
      'Set mail.smtp.user and mail.smtp.password_file.',
    );
  }
  return channelTrouble(
    `${server} did not accept user name and password of ${cleanText(config.user)}${answer}`,
    'Check both; large providers want a password made for this program (app password).',
  );
}

/** Answers to AUTH that say nothing of the password: the command, or every kind of it, is unknown there or out of place. */
const NO_LOGIN_HERE = [500, 501, 502, 503, 504];

/** 538, and what large servers answer instead: "530 Must issue a STARTTLS command first". */
const WITHOUT_ENCRYPTION = /^(?:538|5\d\d .*(?:STARTTLS|encrypt|\bTLS\b|\bSSL\b))/i;

const ENCRYPT = 'Set mail.smtp.tls to "starttls" (port 587) or "implicit" (port 465).';

function noLoginHint({ tls, port }: SmtpConfig): string {
  const without = 'If it wants no login, remove user and password.';
  if (tls === 'none') return `It may offer one on an encrypted connection. ${ENCRYPT} ${without}`;
  return port === 25 ? `Port 25 is for mail between servers: use 587 or 465. ${without}` : without;
}

function explainAnswer(
  { code, response, responseCode, command, permanent }: MailFailure,
  server: string,
): FailureExplanation | undefined {
  if (response === undefined || responseCode === undefined) {
    return code === 'ECONNECTION' ? channelTrouble(`${server} closed the connection`, LOOK_AGAIN) : undefined;
  }
  const message = `${server} answered: ${cleanText(response)}`;
  const isAboutMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (!isAboutMessage || responseCode === 421) {
    return channelTrouble(message, 'The server takes no mail at the moment; its answer says why.');
  }
  const about = command === 'RCPT TO' ? 'to_addr' : command === 'MAIL FROM' ? 'mail.from' : 'the message';
  return permanent === true
    ? {
        message,
        hint: `The server will not take ${about}; its answer says why.`,
        verdict: 'refused',
        scope: 'message',
      }
    : { message, hint: 'The server asks to try again later.', verdict: 'try_later', scope: 'message' };
}
