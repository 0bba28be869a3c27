import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import type { MailOptions } from '../../../../receiver/alerts/alerts.ts';
import { createEmlChannel } from '../../../../receiver/alerts/channels/eml/send.ts';
import { createSmtpChannel } from '../../../../receiver/alerts/channels/smtp/send.ts';
import type { Mail } from '../../../../receiver/alerts/mail/mail.ts';
import { sendTestMail, tryTestMails } from '../../../../receiver/alerts/send-test-mail.ts';
import { encodePng } from '../../../../receiver/graph/encode-png.ts';
import { explainFailure } from '../../../../shared/mail/explain-failure.ts';
import { senderAddress } from '../../../../shared/mail/sender-address.ts';
import type { SmtpConfig, SmtpTimeouts } from '../../../../shared/mail/smtp-config.ts';
import { makeCertificate, type SmtpFault, startSmtpServer } from '../../../helpers/smtp.ts';

const certificate = makeCertificate(t.testdir());
const LOGIN = { user: 'fleet', password: 'right horse' };
const NEVER = new AbortController().signal;

const MAIL: Mail = {
  messageId: '<incident-1.2.abcdef01@example.com>',
  references: ['<incident-1.1.abcdef01@example.com>'],
  subject: '[fleetkeep] Knoten 7 (Küche) is down',
  text: 'Küche\n.\nend\n',
  html: '<p>Küche</p>',
  dateMs: Date.UTC(2026, 10, 20, 22),
  to: ['root@example.com', 'second@example.com'],
  notice: { headline: 'Knoten 7 (Küche) is down.', alerts: [] },
};

const SHORT: SmtpTimeouts = { connectMs: 500, greetingMs: 300, socketMs: 600, totalMs: 2_000 };

function channelTo(smtp: Partial<SmtpConfig> & { readonly port: number }, timeouts?: SmtpTimeouts) {
  const config: SmtpConfig = { host: '127.0.0.1', tls: 'none', ...smtp };
  return createSmtpChannel({ servers: [config], from: 'fleetkeep@example.com', to: MAIL.to, timeouts });
}

t.test('a mail goes out encrypted and with a login, whole', async (t) => {
  for (const tls of ['starttls', 'implicit'] as const) {
    await using server = await startSmtpServer({ certificate, tls, ...LOGIN });
    const channel = channelTo({ port: server.port, tls, ca: certificate.cert, ...LOGIN });
    t.same(channel.recipients, MAIL.to);
    t.same(await channel.send(MAIL, 'root@example.com', NEVER), { kind: 'sent' });
    const [got] = server.mails;
    t.match(got, { user: 'fleet', isEncrypted: true, from: 'fleetkeep@example.com' });
    t.same(got?.recipients, ['root@example.com'], 'one recipient a conversation');
    t.match(got?.parsed, {
      subject: MAIL.subject,
      messageId: MAIL.messageId,
      inReplyTo: MAIL.references[0],
      references: MAIL.references[0],
      date: '2026-11-20T22:00:00.000Z',
      to: [{ address: 'root@example.com' }, { address: 'second@example.com' }],
    });
    t.equal(got?.parsed.text?.trimEnd(), MAIL.text.trimEnd());
    t.match(got?.parsed.html, MAIL.html);
  }
});

t.test('a picture stands in the HTML, and people can sort mails by their headers', async (t) => {
  await using server = await startSmtpServer();
  const png = encodePng({ width: 1, height: 1, rgb: Uint8Array.of(1, 2, 3) });
  const mail: Mail = {
    ...MAIL,
    html: '<p>Küche</p><img src="cid:last-hour">',
    images: [{ cid: 'last-hour', png: png.toString('base64') }],
    to: ['Ann Ä. <ann@example.com>'],
  };
  const from = 'Fleet <fleet@example.com>';
  const smtp: SmtpConfig = { host: '127.0.0.1', port: server.port, tls: 'none' };
  const channel = createSmtpChannel({ servers: [smtp], from, to: mail.to });
  t.same(await channel.send(mail, mail.to[0] ?? '', NEVER), { kind: 'sent' });
  const [got] = server.mails;
  t.match(got, { from: 'fleet@example.com', recipients: ['ann@example.com'] });
  t.match(got?.parsed, {
    from: { name: 'Fleet', address: 'fleet@example.com' },
    to: [{ name: 'Ann Ä.', address: 'ann@example.com' }],
    attachments: [{ mimeType: 'image/png', disposition: 'inline', related: true }],
  });
  const [picture] = got?.parsed.attachments ?? [];
  t.ok(png.equals(Buffer.from(picture?.content as ArrayBuffer)));
  t.match(got?.parsed.html, `src="cid:${picture?.contentId?.slice(1, -1)}"`);
  t.match(got?.parsed.text, 'Küche');
  const header = (key: string) => got?.parsed.headers.find((one) => one.key === key)?.value;
  t.equal(header('auto-submitted'), 'auto-generated');
  t.equal(header('x-auto-response-suppress'), 'All');
  t.match(header('list-id'), '<alerts.example.com>');
});

t.test('outbox invariant 2: a mail sent twice is the same, byte for byte', async (t) => {
  await using server = await startSmtpServer();
  const channel = channelTo({ port: server.port });
  await channel.send(MAIL, 'root@example.com', NEVER);
  await channel.send(MAIL, 'root@example.com', NEVER);
  const [one, two] = server.mails;
  t.ok(one?.raw.equals(two?.raw ?? Buffer.alloc(0)));
});

t.test('what the server answers decides whether a mail is tried again', async (t) => {
  const cases: readonly (readonly [SmtpFault, object])[] = [
    [
      { at: 'recipient', code: 451, text: 'greylisted' },
      { kind: 'try_later', scope: 'message', error: /greylisted/ },
    ],
    [
      { at: 'recipient', code: 550, text: 'no such user' },
      { kind: 'refused', error: /550.*no such user/ },
    ],
    [
      { at: 'data', code: 452, text: 'disk full' },
      { kind: 'try_later', scope: 'message', error: /disk full/ },
    ],
    [
      { at: 'data', code: 554, text: 'spam' },
      { kind: 'refused', error: /spam/ },
    ],
    [
      { at: 'connect', code: 421, text: 'too busy' },
      { kind: 'try_later', scope: 'channel', error: /too busy/ },
    ],
    [
      { at: 'connect', code: 554, text: 'go away' },
      { kind: 'try_later', scope: 'channel', error: /go away/ },
    ],
    [
      { at: 'recipient', code: 530, text: 'log in first' },
      { kind: 'try_later', scope: 'channel', error: /login/ },
    ],
  ];
  await using server = await startSmtpServer();
  const channel = channelTo({ port: server.port }, SHORT);
  for (const [fault, expected] of cases) {
    server.fail(fault);
    t.match(await channel.send(MAIL, 'root@example.com', NEVER), expected, JSON.stringify(fault));
  }
  t.same(await channel.send(MAIL, 'root@example.com', NEVER), { kind: 'sent' }, 'afterwards all is well');
});

t.test('a server that falls silent in the middle of DATA is given up after the time-out', async (t) => {
  await using server = await startSmtpServer();
  server.fail({ at: 'stall' });
  const result = await channelTo({ port: server.port }, SHORT).send(MAIL, 'root@example.com', NEVER);
  t.match(result, { kind: 'try_later', scope: 'channel', error: /did not answer in time/ });
});

t.test('a server that answers a little at a time is cut off when its time is over', async (t) => {
  const drips: NodeJS.Timeout[] = [];
  const slow = createServer((socket) => {
    socket.on('error', () => undefined);
    // A greeting of many lines that never ends: each one ends the silence.
    drips.push(setInterval(() => socket.write('220-please wait\r\n'), 20));
  }).listen(0, '127.0.0.1');
  await once(slow, 'listening');
  const timeouts = { connectMs: 500, greetingMs: 60_000, socketMs: 60_000, totalMs: 400 };
  const began = performance.now();
  const channel = channelTo({ port: (slow.address() as AddressInfo).port }, timeouts);
  const result = await channel.send(MAIL, 'root@example.com', NEVER);
  t.match(result, { kind: 'try_later', scope: 'channel', error: /did not answer in time/ });
  t.ok(performance.now() - began < 50_000, 'by the time for all of it, not by that for the greeting');
  for (const drip of drips) clearInterval(drip);
  slow.close();
});

t.test('several servers are tried in their order', async (t) => {
  await using first = await startSmtpServer();
  await using second = await startSmtpServer();
  const servers: readonly SmtpConfig[] = [first, second].map(({ port }) => ({
    ...{ host: '127.0.0.1', tls: 'none', port },
  }));
  const channel = createSmtpChannel({
    servers,
    from: 'fleetkeep@example.com',
    to: ['root@example.com'],
    timeouts: SHORT,
  });
  const send = () => channel.send(MAIL, 'root@example.com', NEVER);
  t.same(await send(), { kind: 'sent' });
  t.equal(second.conversations, 0, 'the second is left alone while the first is well');

  first.fail({ at: 'connect', code: 421, text: 'closing' });
  t.same(await send(), { kind: 'sent' });
  first.fail({ at: 'recipient', code: 451, text: 'greylisted' });
  t.same(await send(), { kind: 'sent' });
  first.fail({ at: 'stall' });
  t.same(await send(), { kind: 'sent' });
  t.equal(first.mails.length, 1);
  t.equal(second.mails.length, 3);

  first.fail({ at: 'recipient', code: 550, text: 'no such user' });
  t.match(await send(), { kind: 'refused', error: /no such user/ });
  t.equal(second.conversations, 3, 'a refusal for good is not taken elsewhere');

  first.fail({ at: 'connect', code: 421, text: 'closing' });
  second.fail({ at: 'recipient', code: 451, text: 'greylisted' });
  t.match(await send(), { kind: 'try_later', scope: 'message', error: /closing.*; .*greylisted/ });
});

t.test('a password is never sent unencrypted when STARTTLS is wanted', async (t) => {
  await using server = await startSmtpServer({ tls: 'none', ...LOGIN });
  const channel = channelTo({ port: server.port, tls: 'starttls', ca: certificate.cert, ...LOGIN });
  t.match(await channel.send(MAIL, 'root@example.com', NEVER), {
    kind: 'try_later',
    error: /does not offer STARTTLS/,
  });
  t.same(server.mails, []);
});

t.test('aborting ends a conversation at once', async (t) => {
  await using server = await startSmtpServer();
  server.fail({ at: 'stall' });
  const stop = new AbortController();
  const sending = channelTo({ port: server.port }).send(MAIL, 'root@example.com', stop.signal);
  stop.abort(new Error('stopping'));
  await t.rejects(sending, /stopping/);
});

t.test('sendTestMail() says in words what is wrong and what to do', async (t) => {
  const directory = t.testdir();
  await using server = await startSmtpServer({ certificate, ...LOGIN });
  await using plain = await startSmtpServer();
  await using secure = await startSmtpServer({ certificate, tls: 'implicit' });
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const closedPort = (closed.address() as AddressInfo).port;
  closed.close();
  await once(closed, 'close');

  const right: SmtpConfig = {
    ...{ host: '127.0.0.1', port: server.port, tls: 'starttls' as const },
    ...{ ca: certificate.cert, ...LOGIN },
  };
  const cases: readonly (readonly [string, Partial<SmtpConfig>, RegExp, RegExp])[] = [
    ['unknown host', { host: 'no-such-host.invalid' }, /unknown host: no-such-host\.invalid/, /spelling/],
    ['connection refused', { port: closedPort }, /connection refused/, /mail\.smtp\.port/],
    ['wrong password', { password: 'wrong' }, /did not accept.*of fleet.*535/, /app password/],
    ['no login', { user: undefined, password: undefined }, /wants a login/, /mail\.smtp\.user/],
    ['a server without logins', { port: plain.port, tls: 'none' }, /offers no login on this/, /remove user/],
    ['certificate', { ca: undefined }, /certificate .* refused.*self-signed/, /mail\.smtp\.ca_file/],
    ['wrong name', { host: 'localhost.localdomain', ca: certificate.cert }, /unknown host|certificate/, /./],
    ['no STARTTLS', { port: plain.port }, /does not offer STARTTLS/, /Nothing was sent unencrypted/],
    ['implicit TLS at a plain port', { tls: 'implicit' }, /no encrypted connection/, /587 wants "starttls"/],
    ['plain at an implicit port', { port: secure.port }, /says nothing|closed the connection/, /465|Check/],
    [
      'a server that says nothing',
      { port: (silent.address() as AddressInfo).port },
      /says nothing/,
      /465 wants "implicit"/,
    ],
  ];
  for (const [name, change, message, hint] of cases) {
    const mail: MailOptions = { smtp: { ...right, ...change }, to: ['root@example.com'] };
    await t.rejects(
      sendTestMail({ mail, directory, timeouts: SHORT }),
      { code: 'MAIL_FAILED', message, hint },
      name,
    );
  }
  server.fail({ at: 'recipient', code: 550, text: 'no such user here' });
  const mail: MailOptions = { smtp: right, to: ['root@example.com'] };
  await t.rejects(sendTestMail({ mail, directory }), { message: /no such user here/, hint: /to_addr/ });
  t.same(server.mails, []);

  t.same(await sendTestMail({ mail, directory }), { channel: 'smtp', target: 'root@example.com' });
  t.match(server.mails[0]?.parsed.subject, '[fleetkeep] test mail from');
  silent.close();
});

t.test('what a server says of a login is not always that the password is wrong', async (t) => {
  const smtp: SmtpConfig = { host: 'mail.example.org', port: 25, tls: 'none', user: 'ann', password: 'x' };
  const cases = [
    [503, '503 AUTH not available', 'EAUTH', /offers no login on this connection \(503/, /"starttls"/],
    [504, '504 5.5.4 Unrecognized authentication type', 'EAUTH', /offers no login/, /"starttls"/],
    [530, '530 5.7.0 Must issue a STARTTLS command first', 'EAUTH', /only on an encrypted/, /"starttls"/],
    [538, '538 5.7.11 Encryption required', 'EAUTH', /only on an encrypted/, /"implicit"/],
    [
      454,
      '454 4.7.0 Temporary authentication failure',
      'EAUTH',
      /cannot check a login at the/,
      /tried again/,
    ],
    [
      535,
      '535 5.7.8 Bad credentials',
      'EAUTH',
      /did not accept user name and password of ann/,
      /app password/,
    ],
  ] as const;
  for (const [responseCode, response, code, message, hint] of cases) {
    const error = Object.assign(new Error('Invalid login'), { code, responseCode, response });
    t.match(explainFailure(error, smtp), { message, hint, verdict: 'try_later', scope: 'channel' }, response);
  }
  const at25 = { ...smtp, tls: 'starttls' as const };
  const error = Object.assign(new Error('x'), { code: 'EAUTH', responseCode: 503, response: '503 no' });
  t.match(explainFailure(error, at25), { hint: /^Port 25 is for mail between servers/ });
});

t.test('a mail server is greeted by mail.smtp.name, else by the domain of mail.from', async (t) => {
  await using server = await startSmtpServer();
  const smtp: SmtpConfig = { host: '127.0.0.1', port: server.port, tls: 'none' };
  const to = ['root@example.com'];
  const ehlo = async (mail: MailOptions) => {
    await sendTestMail({ mail, directory: '/nowhere' });
    return server.mails.at(-1)?.ehlo;
  };
  t.equal(await ehlo({ smtp, to, from: 'Fleet <fleet@alerts.example.org>' }), 'alerts.example.org');
  t.equal(await ehlo({ smtp, to, from: 'fleet@bücher.example' }), 'xn--bcher-kva.example');
  const named = { ...smtp, name: 'relay.example.net' };
  t.equal(await ehlo({ smtp: named, to, from: 'fleet@example.org' }), 'relay.example.net');
  t.match(
    await ehlo({ smtp, to, from: 'fleet@localhost' }),
    /^\[127\.0\.0\.1\]$|\./,
    'nothing without a dot',
  );
});

t.test('tryTestMails() tries every recipient, whatever becomes of the first', async (t) => {
  await using server = await startSmtpServer();
  server.fail({ at: 'recipient', code: 550, text: 'no such user here' });
  const smtp: SmtpConfig = { host: '127.0.0.1', port: server.port, tls: 'none' };
  const mail = { smtp, to: ['gone@example.com', 'ann@example.com'] };
  t.match(await tryTestMails({ mail, directory: '/nowhere' }), [
    { target: 'gone@example.com', result: { kind: 'refused', error: /no such user here/ } },
    { target: 'ann@example.com', server: `127.0.0.1:${server.port}`, result: { kind: 'sent' } },
  ]);
  t.match(server.mails, [{ recipients: ['ann@example.com'] }]);
});

t.test('sendTestMail() writes a file where no SMTP server is configured', async (t) => {
  const directory = t.testdir();
  const sent = await sendTestMail({ mail: { to: ['root@example.com'] }, directory });
  t.same(sent, { channel: 'eml', target: join(directory, 'mail') });
  t.match(readdirSync(sent.target), [/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-fleetkeep-test-mail-from-.*\.eml$/]);
});

t.test('.eml files are replaced by a repeat, and the oldest give way', async (t) => {
  const directory = t.testdir();
  const channel = createEmlChannel({ name: 'mail', directory, from: 'fleetkeep@example.com', keptFiles: 3 });
  for (let day = 1; day <= 5; day += 1) {
    const mail = {
      ...MAIL,
      dateMs: Date.UTC(2026, 10, day),
      messageId: `<incident-${day}.1.abcdef01@example.com>`,
    };
    t.same(await channel.send(mail, '', NEVER), { kind: 'sent' });
    t.same(await channel.send(mail, '', NEVER), { kind: 'sent' });
  }
  t.same(readdirSync(directory), [
    '2026-11-03T00-00-00Z-fleetkeep-knoten-7-k-che-is-down-3.1.abcdef01.eml',
    '2026-11-04T00-00-00Z-fleetkeep-knoten-7-k-che-is-down-4.1.abcdef01.eml',
    '2026-11-05T00-00-00Z-fleetkeep-knoten-7-k-che-is-down-5.1.abcdef01.eml',
  ]);
});

t.test('a directory that cannot be written is tried again later', async (t) => {
  const directory = join(t.testdir({ file: '' }), 'file');
  const channel = createEmlChannel({ name: 'mail', directory, from: 'fleetkeep@example.com', keptFiles: 3 });
  t.match(await channel.send(MAIL, '', NEVER), { kind: 'try_later', scope: 'channel' });
});

t.test('mails come from the configured address, else the login, else this machine', async (t) => {
  const smtp: SmtpConfig = { host: 'mail.example.com', port: 587, tls: 'starttls', user: 'me@example.com' };
  t.equal(senderAddress({ smtp, from: 'fleet@example.org' }), 'fleet@example.org');
  t.equal(senderAddress({ smtp }), 'me@example.com');
  t.match(senderAddress({ smtp: { ...smtp, user: 'me' } }), /^fleetkeep@[a-zA-Z0-9.-]+$/);
});
