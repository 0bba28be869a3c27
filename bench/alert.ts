/**
 * How long it takes from the loss of a node to the mail server's «250», with real programs and no grace: by `kill -9` of the sender, and,
 * for root, by a network that is pulled out from under it (a veth pair between network namespaces).
 *
 *     npm run bench:alert -- [RUNS]
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ip, makeNamespace, whyNoNamespaces } from '../test/helpers/network-namespace.ts';
import { type Place, preparePlace } from '../test/helpers/programs.ts';
import { startSmtpServer, type TestSmtpServer } from '../test/helpers/smtp.ts';
import { startIn } from '../test/helpers/start-in.ts';
import { until } from '../test/helpers/until.ts';

const runs = Number(process.argv[2] ?? 20);
const PATIENT = { timeoutMs: 60_000 };
/** What the pulled network is measured with; the default waits longer, for the sake of bad networks. */
const SILENCE_SECONDS = 3.5;
/** Losses that follow each other sooner are gathered into one mail, which takes two seconds; a lone one is measured, ms. */
const APART_MS = 18_000;

await using cleanup = new AsyncDisposableStack();
const root = await mkdtemp(join(tmpdir(), 'fleetkeep-alert-'));
cleanup.defer(() => rm(root, { recursive: true, force: true }));

await killed();
const why = whyNoNamespaces();
if (why === undefined) await pulled();
else console.log(`pulled network: not measured, ${why}`);

async function killed(): Promise<void> {
  await using smtp = await startSmtpServer();
  const place = await preparePlace(join(root, 'killed'), settings(smtp, {}));
  await using _receiver = await place.start('receiver');
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const sender = await place.start('sender');
    await isUp(place);
    if (run > 0) await delay(APART_MS);
    const before = smtp.mails.length;
    const from = performance.now();
    sender.child.kill('SIGKILL');
    await until(() => smtp.mails.length > before, { ...PATIENT, what: 'the mail of the loss' });
    times.push(performance.now() - from);
    await sender.end('SIGKILL');
  }
  console.log(`kill -9 of the sender, ${runs} runs: ${describe(times)}`);
}

async function pulled(): Promise<void> {
  const [inside, outside] = ['10.99.7.2', '10.99.7.1'];
  using namespace = makeNamespace('pulled');
  ip('link', 'add', 'fkb0', 'type', 'veth', 'peer', 'name', 'fkb1', 'netns', namespace.name);
  ip('addr', 'add', `${outside}/24`, 'dev', 'fkb0');
  ip('link', 'set', 'fkb0', 'up');
  namespace.ip('addr', 'add', `${inside}/24`, 'dev', 'fkb1');
  namespace.ip('link', 'set', 'fkb1', 'up');
  await using smtp = await startSmtpServer();
  const receiver = { data_directory: 'receiver', silence_timeout_seconds: SILENCE_SECONDS };
  const place = await preparePlace(
    join(root, 'pulled'),
    settings(smtp, { host: outside, sleeptime: 1, receiver }),
  );
  await using _receiver = await place.start('receiver');
  const made = await place.run('receiver', 'join-code', '--json');
  const { code } = JSON.parse(made.stdout) as { code: string };
  await using _sender = await startIn(namespace, place, 'sender', '--join', code);
  const times: number[] = [];
  for (let run = 0; run < Math.min(runs, 5); run++) {
    await isUp(place);
    if (run > 0) await delay(APART_MS);
    const before = smtp.mails.length;
    const from = performance.now();
    ip('link', 'set', 'fkb0', 'down');
    await until(() => smtp.mails.length > before, { ...PATIENT, what: 'the mail of the loss' });
    times.push(performance.now() - from);
    ip('link', 'set', 'fkb0', 'up');
  }
  console.log(
    `network pulled, ${times.length} runs, a sample a second, silence_timeout_seconds ${SILENCE_SECONDS}: ${describe(times)}`,
  );
}

function settings(smtp: TestSmtpServer, more: object): object {
  return {
    mail: { smtp: { host: '127.0.0.1', port: smtp.port, tls: 'none' } },
    alerts: { disconnect_grace_seconds: 0, flapping: { times: 20 } },
    ...more,
  };
}

async function isUp(place: Place): Promise<void> {
  await until(
    async () => {
      const { stdout } = await place.run('receiver', 'nodes', '--json');
      const [node] = JSON.parse(stdout) as readonly { state: string; offset: number | null }[];
      const alerts = await place.run('receiver', 'alerts');
      return node?.state === 'up' && (node.offset ?? 0) > 0 && alerts.stdout === 'nothing is wrong\n';
    },
    { ...PATIENT, what: 'the node to be up, and that to be told' },
  );
}

function describe(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => ((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1000).toFixed(2);
  return `median ${at(0.5)} s, least ${at(0)} s, greatest ${at(1)} s`;
}
