import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openLines, type Place, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { askUntil, PASSWORD, setUpWeb, webClient, webOf } from '../helpers/web-client.ts';
import { logsOf } from '../helpers/whole-log.ts';

t.setTimeout(600_000);

interface FleetAnswer {
  readonly nodes: readonly {
    readonly name: string;
    readonly state: string;
    readonly latest: { readonly atMs: number; readonly values: Readonly<Record<string, number>> } | null;
  }[];
}

t.test(
  'web invariants 1 and 2: who is not signed in sees nothing, and nothing changes without a proof',
  async (t) => {
    const place = await preparePlace(t.testdir());
    await using _receiver = await place.start('receiver');
    const { url, setup } = await webOf(place);
    const stranger = webClient(url);
    t.match((await stranger.ask('/api/session')).json(), { error: { code: 'SETUP_NEEDED' } });
    t.equal((await stranger.ask('/healthz')).status, 200);
    const { paths } = (await stranger.ask('/api/openapi.json')).json<{
      paths: Record<string, Record<string, { security?: unknown }>>;
    }>();
    t.ok(Object.keys(paths).length > 25, 'every route is described');
    let guarded = 0;
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { security }] of Object.entries(methods)) {
        if (security === undefined) continue;
        guarded += 1;
        const concrete = path.replace('{name}', '7').replace('{id}', '1');
        const { status } = await stranger.ask(concrete, { method: method.toUpperCase() });
        t.equal(status, 401, `${method} ${path}`);
      }
    }
    t.ok(guarded > 25, `${guarded} routes need somebody who is signed in`);
    t.equal((await stranger.ask('/metrics')).status, 401);

    t.match((await stranger.send('POST', '/api/setup', { token: 'guess', password: PASSWORD })).status, 400);
    const admin = await setUpWeb(place);
    const again = await stranger.send('POST', '/api/setup', {
      token: setup?.split('/').at(-1),
      password: PASSWORD,
    });
    t.match([again.status, again.text], [400, /not good any more/], 'a link is good once');
    t.match(admin.cookie, /^fleetkeep_session=[\w-]{43}$/);
    const unproven = await admin.ask('/api/copies/mirror', { method: 'POST' });
    t.match([unproven.status, unproven.text], [403, /CSRF/]);
    t.equal((await admin.send('POST', '/api/copies/mirror')).status, 202);
    t.equal((await admin.send('DELETE', '/api/session')).status, 204);
    t.equal((await admin.ask('/api/fleet')).status, 401, 'a session that was ended is none');
  },
);

t.test('viewers look, tokens ask, and guessing is slow', async (t) => {
  const place = await preparePlace(t.testdir());
  await using _receiver = await place.start('receiver');
  const admin = await setUpWeb(place);
  t.match(
    (await admin.send('POST', '/api/users', { name: 'eve', role: 'viewer', password: 'short' })).text,
    /at least 10/,
  );
  await admin.send('POST', '/api/users', {
    name: 'eve',
    role: 'viewer',
    password: 'four words are long enough',
  });
  const viewer = webClient(admin.url);
  await viewer.signIn('eve', 'four words are long enough');
  t.equal((await viewer.ask('/api/fleet')).status, 200);
  t.equal((await viewer.send('POST', '/api/join-codes', {})).status, 403);
  t.equal((await viewer.ask('/api/outbox')).status, 403);
  t.equal((await viewer.ask('/api/users')).status, 403);

  const { token, id } = (await admin.send('POST', '/api/tokens', { name: 'prometheus' })).json<{
    token: string;
    id: number;
  }>();
  const byToken = { headers: { authorization: `Bearer ${token}` } };
  const program = webClient(admin.url);
  t.match((await program.ask('/metrics', byToken)).text, /^fleetkeep_build_info\{version="[\d.]+"\} 1$/m);
  t.equal(
    (await program.ask('/api/copies/mirror', { ...byToken, method: 'POST' })).status,
    403,
    'it is a viewer',
  );
  await admin.send('DELETE', `/api/tokens/${id}`);
  t.equal((await program.ask('/metrics', byToken)).status, 401);
  const state = readFileSync(join(place.directory, 'receiver/fleet.db'));
  t.notOk(state.includes(token) || state.includes(PASSWORD), 'no secret lies on the disk');

  t.match((await admin.send('DELETE', '/api/users/admin')).text, /only administrator/);
  const guesser = webClient(admin.url);
  const statuses: number[] = [];
  // The first waits are short: a machine that is busy may be slower than they are.
  while (statuses.at(-1) !== 429 && statuses.length < 15)
    statuses.push((await guesser.signIn('admin', 'wrong')).status);
  t.strictSame(statuses.slice(0, 5), [401, 401, 401, 401, 401], 'a few mistakes are free');
  t.equal(statuses.at(-1), 429, `the wait begins after ${statuses.length - 1}`);

  const { stdout } = await place.run('receiver', 'web-password', '--user', 'eve');
  t.match(stdout, /^http:\/\/127\.0\.0\.1:\d+\/#\/setup\/[\w-]{43}\n$/);
});

t.test('the API shows a node with the values of its log, and has done what the commands do', async (t) => {
  const place = await preparePlace(t.testdir());
  await using receiver = await place.start('receiver');
  await using sender = await place.start('sender');
  const admin = await setUpWeb(place);
  const fleet = await askUntil<FleetAnswer>(
    admin,
    '/api/fleet',
    ({ nodes }) => (nodes[0]?.latest ?? null) !== null,
  );
  const [seven] = fleet.nodes;
  t.match(seven, { name: '7', state: 'up' });
  const line = openLines(logsOf(place, 'receiver'), '7').find((text) =>
    text.includes(new Date(seven?.latest?.atMs ?? 0).toISOString()),
  );
  const sample = JSON.parse(line ?? '{}') as { mem: { total: number; avail: number } };
  const ratio = (sample.mem.total - sample.mem.avail) / sample.mem.total;
  t.equal(seven?.latest?.values['mem.ratio'], Number(ratio.toPrecision(4)), 'to the digits that are sent');

  const range = `fromMs=${Date.now() - 20_000}&toMs=${Date.now()}`;
  const series = (await admin.ask(`/api/nodes/7/series?names=mem.used,cpu.used&${range}&points=1000`)).json<{
    timesMs: number[];
    series: Record<string, Record<'mean' | 'min' | 'max', (number | null)[]>>;
  }>();
  const { mean, min, max } = series.series['mem.used'] ?? { mean: [], min: [], max: [] };
  // Two samples may share a point on a machine that is busy.
  t.ok([...mean, ...min, ...max].includes(sample.mem.total - sample.mem.avail), 'also in the graph');
  t.match((await admin.ask('/api/nodes/7')).json(), { node: { name: '7' }, bands: [], sleeptime: 0.1 });
  t.match((await admin.ask('/api/nodes/8')).status, 404);
  t.match((await admin.ask('/api/nodes/..%2f..%2fetc/log?fromMs=0&toMs=1')).status, 400);

  const csv = await admin.ask(`/api/nodes/7/log?${range}&format=csv`);
  t.match(csv.headers.get('content-disposition'), /attachment; filename="node-7-[\d-]+\.csv"/);
  t.match(csv.text, /^"time","cpu\..*"mem\.used"/);
  const ndjson = await admin.ask(`/api/nodes/7/log?${range}`);
  t.ok(ndjson.text.includes(line ?? '-'), 'the lines are those of the log');
  t.match(
    (await admin.ask('/metrics')).text,
    new RegExp(`^node_memory_MemTotal_bytes\\{node="7"\\} ${sample.mem.total}$`, 'm'),
  );

  const made = (await admin.send('POST', '/api/join-codes', { uses: 2 })).json<{ line: string }>();
  t.match(made.line, /^fleetkeep-sender install --join fk1-[\w-]+$/);
  const config = readFileSync(place.configPath, 'utf8');
  await admin.send('PUT', '/api/interval', { seconds: 0.2 });
  t.equal(readFileSync(place.configPath, 'utf8'), config, 'config.json is only read');
  t.match((await admin.ask('/api/fleet')).json(), { sleeptime: 0.2, sleeptimeSetting: { configured: 0.1 } });
  t.match(await place.run('receiver', 'status'), {
    stdout:
      /interval +0\.2 s\n +sleeptime 0\.2 s, set on the web page .*; config\.json says 0\.1 s \(to go back: .* reset/,
  });
  place.configure({ web: { port: 0 }, sleeptime: 0.3 });
  const settings = await askUntilSaid(place, /config\.json says 0\.3 s/);
  t.match(
    settings,
    /sleeptime 0\.2 s, set on the web page/,
    'config.json that is changed later does not win',
  );
  t.match(await place.run('receiver', 'settings', 'reset', 'sleeptime'), {
    code: 0,
    stdout: 'config.json decides again: sleeptime is 0.3 s\n',
  });
  await admin.send('PUT', '/api/interval', { seconds: 0.2 });
  await admin.send('DELETE', '/api/interval');
  t.match((await admin.ask('/api/fleet')).json(), { sleeptime: 0.3, sleeptimeSetting: null });
  await admin.send('POST', '/api/silences', { pattern: '7', forSeconds: 600, why: '<b>update</b>' });
  t.match((await admin.ask('/api/silences')).json(), [{ pattern: '7', why: '<b>update</b>', by: 'admin' }]);
  await admin.send('POST', '/api/copies/verify', {});
  const copies = await askUntil<{ nodes: { lastVerify?: { verdict: string } }[] }>(
    admin,
    '/api/copies',
    ({ nodes }) => nodes[0]?.lastVerify !== undefined,
  );
  t.not(copies.nodes[0]?.lastVerify?.verdict, 'not_sound');
  await sender.end('SIGKILL');
  await askUntil<FleetAnswer>(admin, '/api/fleet', ({ nodes }) => nodes[0]?.state !== 'up');
  t.notMatch(receiver.stderr(), /"level":50/, 'nothing went wrong in the receiver');
});

t.test('news come as events, each as text once', async (t) => {
  const place = await preparePlace(t.testdir());
  await using _receiver = await place.start('receiver');
  const admin = await setUpWeb(place);
  const response = await fetch(`${admin.url}/api/events`, { headers: { cookie: admin.cookie } });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  await using _sender = await place.start('sender');
  let text = '';
  while (!/event: fleet\ndata: \{"nodes":\[\{"name":"7","state":"up"[^\n]*"cpu\.used"/.test(text)) {
    const { value, done } = (await reader?.read()) ?? { value: '', done: true };
    if (done) break;
    text += value;
  }
  t.match(text, /^event: ping\ndata: \{\}\n\n/);
  t.match(text, /"cpu\.used"/);
  await reader?.cancel();
});

t.test('what is not allowed is said, and nothing breaks', async (t) => {
  const place = await preparePlace(t.testdir());
  await using receiver = await place.start('receiver');
  const admin = await setUpWeb(place);
  const cases: readonly (readonly [string, string, object | undefined, number])[] = [
    ['GET', '/api/nodes/7/series?names=&fromMs=0&toMs=1', undefined, 400],
    ['GET', '/api/nodes/7/series?names=a&fromMs=x&toMs=1', undefined, 400],
    ['GET', '/api/nodes/7/series?names=a&fromMs=-1e300&toMs=1', undefined, 400],
    ['GET', '/api/nodes/7/series?names=a&fromMs=0&toMs=8e15&points=10000', undefined, 200],
    ['POST', '/api/join-codes', { uses: -1 }, 400],
    ['POST', '/api/nodes/7/rename', { to: '../x' }, 400],
    ['POST', '/api/nodes/*/planned-off', {}, 400],
    ['POST', '/api/nodes/*/planned-on', undefined, 400],
    ['POST', '/api/alerts/999/ack', {}, 404],
    ['DELETE', '/api/silences/999', undefined, 404],
    ['POST', '/api/silences', { pattern: 'x'.repeat(70_000), forSeconds: 1, why: '' }, 413],
    ['GET', '/api/outbox/999', undefined, 404],
    ['GET', '/nothing', undefined, 404],
    ['GET', '/assets/../../../package.json', undefined, 404],
  ];
  for (const [method, path, body, status] of cases) {
    const answer = await admin.send(method, path, body);
    t.equal(answer.status, status, `${method} ${path}: ${answer.text.slice(0, 120)}`);
  }
  const broken = await admin.ask('/api/join-codes', {
    method: 'POST',
    headers: { 'x-fleetkeep-csrf': admin.csrf, 'content-type': 'application/json' },
    body: '{',
  });
  t.equal(broken.status, 400);
  t.notMatch(receiver.stderr(), /"level":50/);
});

async function askUntilSaid(place: Place, what: RegExp): Promise<string> {
  return await until(
    async () => {
      const { stdout } = await place.run('receiver', 'settings');
      return what.test(stdout) && stdout;
    },
    { timeoutMs: 20_000, what: String(what) },
  );
}
