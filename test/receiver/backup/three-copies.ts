import { mkdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../../receiver/alerts/alerts.ts';
import { runMirror } from '../../../receiver/backup/run-mirror.ts';
import { verifyCopies } from '../../../receiver/backup/verify-copies.ts';
import { type Ingest, startIngest } from '../../../receiver/ingest/ingest.ts';
import type { IngestProblem } from '../../../receiver/ingest/messages.ts';
import { createSegmentRepair } from '../../../receiver/segment-repair.ts';
import { digestOfNode } from '../../../receiver/verify-by-receiver.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { type NodeName, parseNodeName } from '../../../shared/names/node-name.ts';
import { knownNodes, WIDE_LIMITS } from '../../helpers/known-nodes.ts';
import { appendNoise, NOON_MS } from '../../helpers/logs.ts';
import { until } from '../../helpers/until.ts';
import { uplinkNode } from '../../helpers/uplink-node.ts';
import { mirroredLogs, runOnce } from './mirrored-logs.ts';

/** The node whose copies they are. */
export const SEVEN = parseNodeName('7');

/** Ingest for known nodes, on a port of its own. */
export async function startQuietIngest(
  logsRoot: string,
  onConnected: () => void = () => undefined,
  onProblem: (node: NodeName, problem: IngestProblem) => void = () => undefined,
): Promise<Ingest> {
  const ignore = () => undefined;
  return await startIngest({
    ...{ logsRoot, receiverId: 'receiver-1', version: '0.2.0', bootId: 'boot-1', host: '127.0.0.1', port: 0 },
    ...{ sleeptimeSeconds: 1, commitMs: 5, acknowledgeMs: 0, helloTimeoutMs: 60_000, silenceMs: 60_000 },
    ...{ numberOfNodes: 10, workers: 1, workerHeapMb: 128, tls: undefined, gate: knownNodes() },
    limits: WIDE_LIMITS,
    events: {
      ...{ connected: onConnected, disconnected: ignore, progress: ignore, live: ignore, problem: onProblem },
      ...{ sealFailed: ignore, confirmed: ignore, volume: ignore, hung: ignore, limitReached: ignore },
    },
    log: createLogger('silent'),
  });
}

/** Node 7 with its own copy, connected to an ingest that keeps the live one, and a mirror; all have three sealed segments and an open one. */
export async function threeCopies(t: Parameters<typeof mirroredLogs>[0]) {
  const stack = new AsyncDisposableStack();
  t.teardown(async () => await stack.disposeAsync());
  const logs = await mirroredLogs(t);
  const nodeDirectory = join(logs.data, 'node');
  mkdirSync(nodeDirectory);
  const node = stack.use(await uplinkNode({ testdir: () => nodeDirectory }));
  const troubles: string[] = [];
  const onProblem = (_node: NodeName, { kind }: IngestProblem) => void troubles.push(kind);
  const ingest = stack.use(await startQuietIngest(logs.logsRoot, undefined, onProblem));
  const told: Problem[] = [];
  const repair = createSegmentRepair({
    ...{ logsRoot: logs.logsRoot, ingest, fleet: { nodes: () => [] }, log: createLogger('silent') },
    alerts: {
      raise: (problem) => void told.push(problem),
      clear: () => undefined,
      report: (problem) => void told.push(problem),
    },
  });
  for (const n of [0, 1, 2]) {
    appendNoise(node.writer, n * 100, 8);
    node.writer.closeSegment(NOON_MS);
  }
  await node.sealer.idle();
  appendNoise(node.writer, 300, 2);
  const connect = async () => {
    const uplink = node.connect([{ host: '127.0.0.1', port: ingest.port }]);
    const isThere = () => ingest.connected().has(SEVEN);
    await until(isThere, { timeoutMs: 10_000, what: 'the node to be connected' });
    if (!(await uplink.caughtUp(10_000))) throw new Error('the receiver did not get everything');
    return uplink;
  };
  const uplink = await connect();
  const isSealed = async () => !(await readdir(logs.live().directory)).includes('00000003.ndjson');
  await until(isSealed, { timeoutMs: 10_000, what: 'the live segments to be sealed' });
  const mirror = await logs.start({
    run: repair.withSuspects(runMirror),
    fetchFromNodes: (wanted, signal) => repair.fetch(wanted, signal),
  });
  await runOnce(mirror);
  const { logsRoot, directory: mirrorDirectory, recordPath } = logs;
  const known = [{ node: SEVEN, log: node.writer.id, position: node.writer.end }];
  const verify = async () =>
    await verifyCopies({
      ...{ logsRoot, mirrorDirectory, recordPath, bootId: 'boot-1', known },
      nodeDigest: (name, upTo) => digestOfNode(ingest, name, upTo),
    });
  return {
    ...logs,
    node,
    ingest,
    repair,
    mirror,
    told,
    /** What ingest found wrong with the files, in its order. */
    troubles,
    uplink,
    connect,
    verify,
  };
}
