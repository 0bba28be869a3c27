import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJoinCode } from '../../shared/auth/join-code.ts';
import { readOpenHeader } from '../../shared/log/list-segments.ts';
import { logPaths } from '../../shared/log/log.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';
import { type Line, startBadNetwork } from './bad-network.ts';
import { enrol } from './known-nodes.ts';
import { startNodeFleet } from './node-fleet.ts';
import { preparePlace, type Running } from './programs.ts';
import { startIn } from './start-in.ts';
import { until } from './until.ts';

/** What is to stand on a bad network. */
export interface SiteOptions {
  readonly directory: string;
  /** Senders that are real programs, each behind a line of its own. */
  readonly senders: number;
  /** Nodes that are played by one process, all behind one more line; none for 0. */
  readonly played: number;
  readonly seed: number;
  /** `sleeptime` of the real ones. */
  readonly sleeptimeSeconds: number;
  /** `receiver.silence_timeout_seconds`. */
  readonly silenceSeconds: number;
}

/** A receiver and nodes on a bad network. */
export interface Site extends AsyncDisposable {
  readonly lines: readonly Line[];
  readonly nodes: readonly SiteNode[];
  /** How often a node was welcomed so far. */
  connections(): number;
  /** Waits until the receiver has what each node has now; how long that took for each, ascending, ms. */
  caughtUp(timeoutMs: number): Promise<readonly number[]>;
  /** Stops all nodes in good order. */
  end(): Promise<void>;
}

/** A node, and the directories `logs` of its own copy and of the receiver's. */
export interface SiteNode {
  readonly name: string;
  readonly own: string;
  readonly there: string;
}

/** Seventeen that share a line leave half of it free. */
const PLAYED_MS = 5000;

/** Starts everything, while the network is sound; resolves when each node has sent something. */
export async function startSite({
  directory,
  senders,
  played,
  seed,
  sleeptimeSeconds,
  silenceSeconds,
}: SiteOptions): Promise<Site> {
  await using cleanup = new AsyncDisposableStack();
  const network = cleanup.use(await startBadNetwork(senders + Math.sign(played), seed));
  const place = await preparePlace(directory, {
    host: network.address,
    sleeptime: sleeptimeSeconds,
    log_level: 'info',
    log: { segment_bytes: 65_536 },
    receiver: { data_directory: 'receiver', workers: 1, silence_timeout_seconds: silenceSeconds },
  });
  // Makes the data directory, which the played nodes are written into.
  await (await startIn(network.receiver, place, 'receiver')).end();
  const names = Array.from({ length: played }, (_, index) => `played-${index}`);
  enrol(join(directory, 'receiver'), names);
  const receiver = cleanup.use(await startIn(network.receiver, place, 'receiver'));
  const { stdout } = await place.run('receiver', 'join-code', '--uses', `${senders + 1}`, '--json');
  const { code } = JSON.parse(stdout) as { code: string };

  const startSender = async ({ namespace }: Line, index: number): Promise<Running> => {
    const data = join(directory, `real-${index}`);
    const args = ['--node-name', `real-${index}`, '--data-directory', data, '--join', code];
    return cleanup.use(await startIn(namespace, place, 'sender', ...args));
  };
  const running: Ending[] = await Promise.all(network.lines.slice(0, senders).map(startSender));
  if (played > 0) {
    const options = {
      directory,
      nodes: names,
      receiver: { host: network.address, port: place.port },
      certificate: parseJoinCode(code)?.certificate,
      sampleMs: PLAYED_MS,
    };
    running.push(cleanup.use(await startNodeFleet(options, network.lines.at(-1)?.namespace)));
  }

  const all = cleanup.move();
  const nodes = [...network.lines.slice(0, senders).map((_, index) => `real-${index}`), ...names].map(
    (name) => ({
      name,
      own: join(directory, name, 'logs'),
      there: join(directory, 'receiver/logs'),
    }),
  );
  return {
    lines: network.lines,
    nodes,
    connections: () => receiver.stderr().match(/"node connected"/g)?.length ?? 0,
    caughtUp: async (timeoutMs) => await catchUp(nodes, timeoutMs),
    async end() {
      await Promise.all(running.map((one) => one.end()));
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

interface Ending {
  end(): Promise<void>;
}

async function catchUp(nodes: readonly SiteNode[], timeoutMs: number): Promise<readonly number[]> {
  const fromMs = performance.now();
  const tookMs: number[] = [];
  const missing = new Map<SiteNode, Position>();
  for (const node of nodes) missing.set(node, await endOf(node.own, node.name));
  const isThere = async () => {
    for (const [node, end] of missing) {
      if (comparePositions(await endOf(node.there, node.name), end) < 0) continue;
      missing.delete(node);
      tookMs.push(performance.now() - fromMs);
    }
    return missing.size === 0;
  };
  const what = () => `the receiver to have all of ${[...missing.keys()].map(({ name }) => name).join(', ')}`;
  await until(isThere, { timeoutMs, what });
  return tookMs;
}

/** Where a copy ends now; before everything when there is none. */
async function endOf(logs: string, node: string): Promise<Position> {
  const paths = logPaths(logs, parseNodeName(node));
  const segment = (await readOpenHeader(paths))?.segment;
  const info = await stat(paths.open).catch(() => undefined);
  if (segment === undefined || info === undefined) return { segment: 0, offset: 0 };
  // The next segment may have begun in between.
  const isSame = (await readOpenHeader(paths))?.segment === segment;
  return isSame ? { segment, offset: info.size } : await endOf(logs, node);
}
