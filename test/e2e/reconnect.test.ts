import { join } from 'node:path';
import t, { type Test } from 'tap';
import { enrol } from '../helpers/known-nodes.ts';
import { type FleetEvent, type NodeFleet, startNodeFleet } from '../helpers/node-fleet.ts';
import { preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';

// A fleet loses its receiver at one moment and must not come back at one. How many may try in a second follows from the waits: the
// first is uniform in 2.5 s, the others in 5 s (in the first twenty). Of 20 000 simulated nodes, in the worst second after the loss,
// 60 % try, and 54 % are accepted if the receiver comes back just before it. The rest is chance, five standard deviations of a
// binomial of so many nodes, which is at most 2.5 · √nodes. What is counted is when each node meant to try: a machine that is busy
// does at once what it could not do before, which says nothing about the waits.
const NODES = 200;
const CHANCE = 2.5 * Math.sqrt(NODES);
const MOST_TRIES = boundOf(0.6);
const MOST_ACCEPTED = boundOf(0.54);

const PATIENT = { timeoutMs: 30_000 };

t.setTimeout(600_000);

t.test('a receiver that is killed and started again is not stormed', async (t) => {
  await using site = await startSite(t);
  const sinceMs = await site.lose();
  await site.restart();
  await areBack(site.fleet, sinceMs);
  assertCalm(t, site.fleet, sinceMs);
});

t.test('nor is one that was away for ten seconds', async (t) => {
  await using site = await startSite(t);
  const sinceMs = await site.lose();
  await until(() => Date.now() - sinceMs > 10_000, { ...PATIENT, what: 'ten seconds' });
  await site.restart();
  await areBack(site.fleet, sinceMs);
  assertCalm(t, site.fleet, sinceMs);
});

t.test('nor is one that refuses', async (t) => {
  await using site = await startSite(t);
  const sinceMs = await site.lose();
  await site.restart({ number_of_nodes: 1 });
  const tries = () => timesOf(site.fleet, 'tried', sinceMs).length;
  await until(() => tries() > 3 * NODES, { ...PATIENT, what: 'the refused nodes to try again' });
  assertCalm(t, site.fleet, sinceMs);
  t.equal(timesOf(site.fleet, 'welcomed', sinceMs).length, 1, 'they were refused');
});

/** A receiver, and a fleet that is connected to it. */
interface Site extends AsyncDisposable {
  readonly fleet: NodeFleet;
  /** Kills the receiver; when it was gone, ms since 1970. */
  lose(): Promise<number>;
  restart(changes?: object): Promise<void>;
}

async function startSite(t: Test): Promise<Site> {
  await using cleanup = new AsyncDisposableStack();
  const settings = {
    // The encryption of 200 nodes in one process would take longer than the waits that are measured.
    transport: 'plain_on_encrypted_network',
    number_of_nodes: NODES,
    receiver: {
      data_directory: 'receiver',
      commit_seconds: 0.2,
      workers: 1,
      limits: { newcomers: 10_000, newcomers_per_address: 10_000 },
    },
  };
  const place = await preparePlace(t.testdir(), settings);
  const nodes = Array.from({ length: NODES }, (_, index) => `n-${index}`);
  // Makes the data directory, which the nodes are written into.
  await (await place.start('receiver')).end();
  enrol(join(place.directory, 'receiver'), nodes);
  let receiver = await place.start('receiver');
  cleanup.defer(() => receiver.end('SIGKILL'));
  const fleet = cleanup.use(
    await startNodeFleet({
      directory: place.directory,
      nodes,
      receiver: { host: '127.0.0.1', port: place.port },
      certificate: undefined,
      sampleMs: 1000,
    }),
  );
  await areBack(fleet, 0);
  const all = cleanup.move();
  return {
    fleet,
    async lose() {
      await receiver.end('SIGKILL');
      return Date.now();
    },
    async restart(changes = {}) {
      place.configure({ ...settings, ...changes });
      receiver = await place.start('receiver');
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function areBack(fleet: NodeFleet, sinceMs: number): Promise<void> {
  const back = () => timesOf(fleet, 'welcomed', sinceMs).length;
  await until(() => back() >= NODES, { ...PATIENT, what: () => `all to be connected, and ${back()} are` });
}

function assertCalm(t: Test, fleet: NodeFleet, sinceMs: number): void {
  const waits = fleet.events.filter((event) => event.kind === 'waits' && event.atMs >= sinceMs);
  t.ok(waits.length >= NODES, `${waits.length} waits were told`);
  const tries = greatestSecond(timesOf(fleet, 'waits', sinceMs));
  const accepted = greatestSecond(acceptedTries(fleet, sinceMs));
  t.ok(tries > NODES / 10, 'and they were those of the fleet');
  t.ok(tries <= MOST_TRIES, `at most ${tries} tries in a second, up to ${MOST_TRIES} may be`);
  t.ok(accepted <= MOST_ACCEPTED, `at most ${accepted} accepted in a second, up to ${MOST_ACCEPTED} may be`);
}

type Timed = Extract<FleetEvent, { readonly atMs: number }>;

function timesOf(fleet: NodeFleet, kind: Timed['kind'], sinceMs: number): readonly number[] {
  return fleet.events.flatMap((event) => (event.kind === kind && event.atMs >= sinceMs ? [event.atMs] : []));
}

/** When the tries that led to a welcome were meant to be, ms since 1970. */
function acceptedTries(fleet: NodeFleet, sinceMs: number): readonly number[] {
  const lastWaits = new Map<string, number>();
  return fleet.events.flatMap((event) => {
    if (event.kind === 'waits') lastWaits.set(event.node, event.atMs);
    const isBack = event.kind === 'welcomed' && event.atMs >= sinceMs;
    return isBack ? (lastWaits.get(event.node) ?? []) : [];
  });
}

/** How many of these moments lie in the second that has most of them. */
function greatestSecond(unordered: readonly number[]): number {
  const timesMs = unordered.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, atMs] of timesMs.entries()) {
    while ((timesMs[first] ?? atMs) <= atMs - 1000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function boundOf(shareOfFleet: number): number {
  return Math.floor(shareOfFleet * NODES + CHANCE);
}
