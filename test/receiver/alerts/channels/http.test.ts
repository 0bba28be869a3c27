import { createHmac } from 'node:crypto';
import t from 'tap';
import type { ChannelConfig } from '../../../../receiver/alerts/channels/config.ts';
import { postJson } from '../../../../receiver/alerts/channels/http/post-json.ts';
import { MAX_RETRY_AFTER_MS, retryAfterMs } from '../../../../receiver/alerts/channels/http/retry-after.ts';
import { openChannel } from '../../../../receiver/alerts/channels/open-channel.ts';
import { wantsAlert } from '../../../../receiver/alerts/channels/wants-alert.ts';
import type { Mail } from '../../../../receiver/alerts/mail/mail.ts';
import type { NoticeAlert } from '../../../../receiver/alerts/mail/notice.ts';
import { sendTestMessage } from '../../../../receiver/alerts/send-test-mail.ts';
import { parseNodeName } from '../../../../shared/names/node-name.ts';
import { type HttpAnswer, startHttpServer } from '../../../helpers/http.ts';
import { findFreePort } from '../../../helpers/programs.ts';
import { makeCertificate } from '../../../helpers/smtp.ts';

const NEVER = new AbortController().signal;

const ALERT: NoticeAlert = {
  key: 'disconnect:7',
  rule: 'disconnect',
  node: parseNodeName('7'),
  severity: 'critical',
  title: 'node 7 (Küche) is down',
  openedMs: Date.UTC(2026, 10, 20, 22),
  endedMs: undefined,
};

const HEADLINE = 'Node 7 (Küche) is down since 22:00.';

const DOWN: Mail = {
  messageId: '<incident-1.1.abcdef01@example.com>',
  references: [],
  subject: '[fleetkeep] node 7 (Küche) is down',
  text: `${HEADLINE}\n\n  cpu  5 %\n`,
  html: '<p>Küche</p>',
  dateMs: Date.UTC(2026, 10, 20, 22),
  to: ['root@example.com'],
  notice: { headline: HEADLINE, alerts: [ALERT] },
};

const BACK: Mail = {
  ...DOWN,
  messageId: '<incident-1.2.abcdef01@example.com>',
  references: [DOWN.messageId],
  text: 'Back: node 7 (Küche) was away for 4 min.\n',
  notice: {
    headline: 'Back: node 7 (Küche) was away for 4 min.',
    alerts: [{ ...ALERT, endedMs: Date.UTC(2026, 10, 20, 22, 4) }],
  },
};

type Settings = Pick<ChannelConfig, 'kind'> & { readonly token?: string; readonly secret?: string };

/** What a channel posts for a mail. */
async function posted(config: Settings, mail: Mail, path = '/hook') {
  await using server = await startHttpServer();
  const full = { ...config, name: 'team', url: `${server.origin}${path}` } as ChannelConfig;
  const channel = openChannel(full, { linkBase: 'https://fleet.example.com' });
  const result = await channel.send(mail, '', NEVER);
  const [request] = server.requests;
  return { result, request, target: channel.target, json: JSON.parse(request?.body ?? 'null') };
}

t.test('webhook: the body is that of Alertmanager, version 4', async (t) => {
  const down = await posted({ kind: 'webhook', token: 'tok' }, DOWN);
  t.same(down.result, { kind: 'sent' });
  t.match(down.request, {
    method: 'POST',
    path: '/hook',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer tok',
      'idempotency-key': 'incident-1.1.abcdef01@example.com',
    },
  });
  t.equal(down.request?.headers['x-fleetkeep-signature'], undefined, 'not signed without a secret');
  const labels = {
    alertname: 'disconnect',
    severity: 'critical',
    key: 'disconnect:7',
    node: '7',
    instance: '7',
  };
  t.match(down.json, {
    version: '4',
    status: 'firing',
    receiver: 'team',
    groupKey: 'incident-1.1.abcdef01@example.com',
    commonLabels: labels,
    commonAnnotations: { summary: HEADLINE },
    externalURL: 'https://fleet.example.com',
    alerts: [
      {
        status: 'firing',
        labels,
        annotations: { summary: 'node 7 (Küche) is down' },
        startsAt: '2026-11-20T22:00:00.000Z',
        endsAt: '0001-01-01T00:00:00Z',
        fingerprint: /^[0-9a-f]{16}$/,
      },
    ],
  });
  const back = await posted({ kind: 'webhook' }, BACK);
  t.match(back.json, {
    status: 'resolved',
    groupKey: down.json.groupKey,
    alerts: [{ status: 'resolved', endsAt: '2026-11-20T22:04:00.000Z' }],
  });
  t.equal(back.json.alerts[0].fingerprint, down.json.alerts[0].fingerprint);
});

t.test('webhook: the signature can be checked, and covers the time', async (t) => {
  const { request } = await posted({ kind: 'webhook', secret: 'shh' }, DOWN);
  const header = String(request?.headers['x-fleetkeep-signature']);
  const [, seconds = '', signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  t.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 60);
  const expected = createHmac('sha256', 'shh').update(`${seconds}.${request?.body}`).digest('hex');
  t.equal(signature, expected);
  t.equal(request?.headers.authorization, undefined);
});

t.test('ntfy: JSON to the server, with a priority, and a repeat takes the place of the first', async (t) => {
  const down = await posted({ kind: 'ntfy', token: 'tk_1' }, DOWN, '/below/my-fleet');
  t.match(down.request, { path: '/below', headers: { authorization: 'Bearer tk_1' } });
  t.match(down.json, {
    topic: 'my-fleet',
    title: HEADLINE,
    message: 'cpu  5 %',
    priority: 5,
    tags: ['rotating_light'],
    click: 'https://fleet.example.com',
    sequence_id: /^incident-1-1-abcdef01$/,
  });
  t.notMatch(down.target, /my-fleet/, 'the topic is as good as a password');
  const back = await posted({ kind: 'ntfy' }, BACK, '/my-fleet');
  t.match(back.request, { path: '/' });
  t.match(back.json, { priority: 3, tags: ['white_check_mark'], title: /Back: node 7/ });
  const long = await posted({ kind: 'ntfy' }, { ...DOWN, text: `${'ü'.repeat(50)}\n`.repeat(200) }, '/x');
  t.ok(Buffer.byteLength(long.json.message) <= 3_500);
  t.match(long.json.message, /…$/);
});

t.test(
  'chats: one sentence, the rest in a block, and nobody is called by what comes from outside',
  async (t) => {
    const hostile = { ...DOWN, text: 'x <!channel> @all @everyone ``` *b* &\n' };
    const slack = await posted({ kind: 'slack' }, hostile);
    t.match(slack.json.text, `🔴 *${HEADLINE}*\n`);
    t.match(slack.json.text, '&lt;!channel&gt;');
    t.notMatch(slack.json.text, '<!');
    t.equal(slack.json.text.split('```').length, 3, 'what comes from outside does not end the block');
    const mattermost = await posted({ kind: 'mattermost' }, hostile);
    t.match(mattermost.json.text, `🔴 **${HEADLINE}**\n`);
    t.notMatch(mattermost.json.text, /@(?:all|everyone)/);
    const discord = await posted({ kind: 'discord' }, { ...hostile, text: 'line of it\n'.repeat(1_000) });
    t.same(discord.json.allowed_mentions, { parse: [] });
    t.ok(discord.json.content.length <= 2_000);
    t.match((await posted({ kind: 'discord' }, BACK)).json.content, /^✅ \*\*Back: node 7/);
    t.notMatch(slack.target, /hook/, 'the address is the secret');
  },
);

t.test('a channel is told of what its filter names', async (t) => {
  const about = (node: string | undefined): NoticeAlert => ({
    ...ALERT,
    node: node === undefined ? undefined : parseNodeName(node),
  });
  t.ok(wantsAlert({}, about(undefined)));
  t.ok(wantsAlert({ severities: ['critical'] }, about('7')));
  t.notOk(wantsAlert({ severities: ['warning', 'info'] }, about('7')));
  t.ok(wantsAlert({ nodes: ['db', 'web-*'] }, about('web-3')));
  t.ok(wantsAlert({ nodes: ['*-3'] }, about('web-3')));
  t.notOk(wantsAlert({ nodes: ['web-*'] }, about('xweb-3')));
  t.notOk(wantsAlert({ nodes: ['web'] }, about('web-3')));
  t.notOk(wantsAlert({ nodes: ['*'] }, about(undefined)), 'what is about no node');
});

t.test('the answer decides whether a message is sent again, and is explained', async (t) => {
  const cases: readonly (readonly [HttpAnswer, object])[] = [
    [{ status: 204 }, { kind: 'sent' }],
    [
      { status: 401, body: 'no' },
      { kind: 'try_later', scope: 'channel', error: /HTTP 401: no/, hint: /token/ },
    ],
    [{ status: 403 }, { kind: 'try_later', scope: 'channel', hint: /token/ }],
    [{ status: 404 }, { kind: 'try_later', scope: 'channel', error: /HTTP 404/, hint: /url/ }],
    [{ status: 429 }, { kind: 'try_later', scope: 'channel', error: /HTTP 429/ }],
    [
      { status: 429, headers: { 'Retry-After': '20' } },
      { kind: 'try_later', scope: 'channel', afterMs: 20_000 },
    ],
    [
      { status: 429, body: '{"message":"You are being rate limited.","retry_after":7.25,"global":false}' },
      { kind: 'try_later', scope: 'channel', afterMs: 7_250 },
    ],
    [
      { status: 500, body: 'x'.repeat(1e6) },
      { kind: 'try_later', scope: 'channel', hint: /its side/ },
    ],
    [{ status: 503 }, { kind: 'try_later', scope: 'channel' }],
    [
      { status: 400, body: 'invalid_payload' },
      { kind: 'refused', error: /HTTP 400: invalid_payload/ },
    ],
    ['hang up', { kind: 'try_later', scope: 'channel', error: /closed the connection/ }],
    ['silence', { kind: 'try_later', scope: 'channel', error: /did not answer within 0.3 s/ }],
  ];
  await using server = await startHttpServer();
  for (const [answer, expected] of cases) {
    server.answer(answer);
    const url = `${server.origin}/hunter2?token=hunter2`;
    const result = await postJson({ url, body: '{}', signal: NEVER, timeoutMs: 300 });
    t.match(result, expected, JSON.stringify(answer).slice(0, 80));
    t.notMatch(JSON.stringify(result), /hunter2/, 'no secret gets into an error');
    t.ok(JSON.stringify(result).length < 1_000);
  }
});

t.test('a redirect is followed on the same server only, and never as a GET', async (t) => {
  await using server = await startHttpServer();
  await using other = await startHttpServer();
  const post = () => postJson({ url: `${server.origin}/a`, body: '{"x":1}', signal: NEVER });
  server.answer({ status: 308, headers: { location: '/b' } });
  t.same(await post(), { kind: 'sent' });
  t.match(server.requests, [{ path: '/a' }, { path: '/b', method: 'POST', body: '{"x":1}' }]);

  server.answer({ status: 307, headers: { location: `${other.origin}/steal` } });
  t.match(await post(), { kind: 'try_later', error: new RegExp(`redirect to 127.0.0.1:${other.port}`) });
  server.answer({ status: 302, headers: { location: '/b' } });
  t.match(await post(), { kind: 'try_later', error: /HTTP 302/, hint: /the address that it points to/ });
  server.answer(...Array.from({ length: 10 }, () => ({ status: 307, headers: { location: '/a' } })));
  t.match(await post(), { kind: 'try_later', error: /HTTP 307/ }, 'not for ever');
  t.same(other.requests, []);
});

t.test('stopping ends a request at once', async (t) => {
  await using server = await startHttpServer();
  server.answer('silence');
  const stop = new AbortController();
  const sending = postJson({ url: server.origin, body: '{}', signal: stop.signal });
  stop.abort(new Error('stopping'));
  await t.rejects(sending, /stopping/);
});

t.test('sendTestMessage() sends a real one, or says in words what is wrong and what to do', async (t) => {
  const directory = t.testdir();
  await using server = await startHttpServer();
  await using secure = await startHttpServer(makeCertificate(directory));
  const channels: readonly ChannelConfig[] = [
    { name: 'team', kind: 'slack', url: `${server.origin}/services/hunter2` },
    { name: 'typo', kind: 'slack', url: 'https://no-such-host.invalid/hunter2' },
    { name: 'away', kind: 'discord', url: `http://127.0.0.1:${await findFreePort()}/hunter2` },
    { name: 'own', kind: 'webhook', url: `${secure.origin}/hunter2` },
  ];
  const send = (name: string) => sendTestMessage({ name, directory, mail: { to: [], channels } });
  t.same(await send('team'), { channel: 'slack', target: `127.0.0.1:${server.port}` });
  t.match(server.requests[0]?.body, /Messages from this receiver arrive/);
  t.match(await send('mail'), { channel: 'eml' });

  server.answer({ status: 401, body: 'invalid_token' });
  const failures: readonly (readonly [string, RegExp, RegExp])[] = [
    ['team', /test message to team was not sent: .*HTTP 401: invalid_token/, /token/],
    ['typo', /unknown host: no-such-host\.invalid/, /resolve names/],
    ['away', /connection refused/, /port/],
    ['own', /certificate .* refused.*self-signed/, /NODE_EXTRA_CA_CERTS/],
  ];
  for (const [name, message, hint] of failures) {
    const error: unknown = await send(name).catch((error: unknown) => error);
    t.match(error, { code: 'MAIL_FAILED', message, hint }, name);
    t.notMatch(String(error), /hunter2/);
  }
  await t.rejects(send('nobody'), { code: 'USAGE', hint: /There are: mail, team, typo, away, own/ });
});

t.test(
  'retryAfterMs() reads the seconds and the dates of headers, and the bodies of Discord and Telegram',
  async (t) => {
    const nowMs = Date.UTC(2026, 10, 20, 22);
    const date = (ms: number) => new Date(ms).toUTCString();
    const cases: readonly (readonly [Record<string, string>, string, number | undefined])[] = [
      [{ 'retry-after': '20' }, '', 20_000],
      [{ 'retry-after': '0.5' }, '', 500],
      [{ 'retry-after': date(nowMs + 90_000) }, '', 90_000],
      [{ 'retry-after': date(nowMs + 90_000), date: date(nowMs + 60_000) }, '', 30_000],
      [{ 'retry-after': date(nowMs - 90_000) }, '', 0],
      [{ 'x-ratelimit-reset-after': '1.125' }, '', 1_125],
      [{}, '{"retry_after":0.3}', 300],
      [{ 'retry-after': '1' }, '{"retry_after":1.337}', 1_337],
      [{}, '{"ok":false,"error_code":429,"parameters":{"retry_after":35}}', 35_000],
      [{ 'retry-after': '86400' }, '', MAX_RETRY_AFTER_MS],
      [{ 'retry-after': '-5' }, '{"retry_after":"soon"}', undefined],
      [{}, '{"retry_after":-1}', undefined],
      [{}, '[1]', undefined],
      [{}, 'Too Many Requests', undefined],
    ];
    for (const [headers, body, expected] of cases)
      t.equal(
        retryAfterMs(new Headers(headers), body, nowMs),
        expected,
        `${JSON.stringify(headers)} ${body}`,
      );
  },
);
