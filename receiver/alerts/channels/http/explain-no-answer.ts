import { cleanText } from '../../../../shared/mail/clean-text.ts';
import type { SendResult } from '../channel.ts';

type Trouble = Extract<SendResult, { kind: 'try_later' }>;

/** Says in words why there was no HTTP answer: what fetch threw. */
export function explainNoAnswer(error: unknown, url: URL, timeoutMs: number): Trouble {
  const code = codeOf(error);
  const at = `${url.host}`;
  if (error instanceof Error && error.name === 'TimeoutError') return silent(at, timeoutMs);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return trouble(
        `unknown host: ${url.hostname} could not be found`,
        'Check the url of the channel, and whether this machine can resolve names.',
      );
    case 'ECONNREFUSED':
      return trouble(
        `connection refused: nothing listens at ${at}`,
        'Check host and port in the url, and whether the service runs.',
      );
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
      return silent(at, timeoutMs);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return trouble(`no way to ${at}`, 'Check the network of this machine.');
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
    case 'EPIPE':
      return trouble(`${at} closed the connection`, 'Check host, port and http or https in the url.');
    default:
      return isCertificate(code)
        ? trouble(
            `the certificate of ${at} was refused: ${messageOf(error)}`,
            'Use the name that stands in the certificate; a private authority can be given by NODE_EXTRA_CA_CERTS.',
          )
        : trouble(`${at} could not be used: ${messageOf(error)}`, 'Check the url of the channel.');
  }
}

function silent(host: string, timeoutMs: number): Trouble {
  return trouble(
    `${host} did not answer within ${timeoutMs / 1000} s`,
    'A firewall or a proxy may be in the way.',
  );
}

function trouble(error: string, hint: string): Trouble {
  return { kind: 'try_later', scope: 'channel', error, hint };
}

function isCertificate(code: string | undefined): boolean {
  return code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)/.test(code);
}

/** The deepest code: fetch wraps what happened, and several addresses of a host are tried, each with its own error. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const inner =
    codeOf(error.cause) ?? (error instanceof AggregateError ? codeOf(error.errors[0]) : undefined);
  if (inner !== undefined) return inner;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function messageOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  return cleanText(deepest instanceof Error ? deepest.message : String(deepest), 160);
}
