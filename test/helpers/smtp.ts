import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';

/** A certificate and its key, PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a self-signed certificate for `localhost` and 127.0.0.1 with openssl. */
export function makeCertificate(directory: string): TestCertificate {
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

/** A mail as the server got it. */
export interface ReceivedMail {
  readonly from: string;
  readonly recipients: readonly string[];
  /** What the client called itself in EHLO. */
  readonly ehlo: string;
  /** Who logged in. */
  readonly user: string | undefined;
  readonly isEncrypted: boolean;
  readonly raw: Buffer;
  readonly parsed: Email;
}

/** What the server does with the next mail: 250, or this answer at this moment, or silence in the middle of DATA. */
export type SmtpFault =
  | { readonly at: 'connect' | 'recipient' | 'data'; readonly code: number; readonly text: string }
  | { readonly at: 'stall' };

/** A moment of a conversation, as the server sees it; at `message whole` it has all of it and has not answered yet. */
export type SmtpMoment = 'connected' | 'sender named' | 'recipient named' | 'message begun' | 'message whole';

/** A real SMTP server in this process. */
export interface TestSmtpServer extends AsyncDisposable {
  readonly port: number;
  /** In the order in which they came; also those that were answered with a fault after DATA are not in it. */
  readonly mails: readonly ReceivedMail[];
  /** Conversations begun. */
  readonly conversations: number;
  /** Faults for the coming conversations, one each. */
  fail(...faults: readonly SmtpFault[]): void;
}

/** Options of {@link startSmtpServer}. */
export interface TestSmtpOptions {
  readonly certificate?: TestCertificate | undefined;
  /** Login that is wanted; left out: none. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Default `starttls` when there is a certificate, else `none`. */
  readonly tls?: 'starttls' | 'implicit' | 'none' | undefined;
  readonly port?: number | undefined;
  /** Called at each moment, before the server goes on. */
  readonly at?: ((moment: SmtpMoment) => void) | undefined;
}

/** Starts an SMTP server on 127.0.0.1. */
export async function startSmtpServer(options: TestSmtpOptions = {}): Promise<TestSmtpServer> {
  const tls = options.tls ?? (options.certificate === undefined ? 'none' : 'starttls');
  const mails: ReceivedMail[] = [];
  const faults: SmtpFault[] = [];
  const faultOf = new Map<string, SmtpFault>();
  let conversations = 0;
  const answer = (id: string, at: SmtpFault['at']) => {
    const fault = faultOf.get(id);
    if (fault?.at !== at || fault.at === 'stall') return undefined;
    return Object.assign(new Error(fault.text), { responseCode: fault.code });
  };

  const server = new SMTPServer({
    ...(options.certificate ?? {}),
    secure: tls === 'implicit',
    authOptional: options.user === undefined,
    disabledCommands: [
      ...(tls === 'starttls' ? [] : ['STARTTLS']),
      ...(options.user === undefined ? ['AUTH'] : []),
    ],
    allowInsecureAuth: tls === 'none',
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onConnect(session, callback) {
      conversations += 1;
      const fault = faults.shift();
      if (fault !== undefined) faultOf.set(session.id, fault);
      options.at?.('connected');
      callback(answer(session.id, 'connect') ?? null);
    },
    onAuth(auth, _session, callback) {
      const isRight = auth.username === options.user && auth.password === options.password;
      callback(isRight ? null : Object.assign(new Error('5.7.8 bad credentials'), { responseCode: 535 }), {
        user: auth.username,
      });
    },
    onMailFrom(_address, _session, callback) {
      options.at?.('sender named');
      callback(null);
    },
    onRcptTo(_address, session, callback) {
      options.at?.('recipient named');
      callback(answer(session.id, 'recipient') ?? null);
    },
    onData(stream, session, callback) {
      if (faultOf.get(session.id)?.at === 'stall') {
        stream.resume();
        return;
      }
      options.at?.('message begun');
      void readMail(stream).then(async (raw) => {
        const fault = answer(session.id, 'data');
        if (fault !== undefined) return callback(fault);
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          recipients: rcptTo.map(({ address }) => address),
          user: typeof session.user === 'string' ? session.user : undefined,
          ehlo: session.hostNameAppearsAs,
          isEncrypted: session.secure,
          raw,
          parsed: await PostalMime.parse(raw),
        });
        options.at?.('message whole');
        callback(null);
      }, callback);
    },
  });
  // A client that goes away in the middle is what some tests are about.
  server.on('error', () => undefined);
  const listener = server.listen(options.port ?? 0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    mails,
    get conversations() {
      return conversations;
    },
    fail: (...more) => void faults.push(...more),
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

async function readMail(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
