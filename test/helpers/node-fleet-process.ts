/** The process that plays the nodes of {@link startNodeFleet}: `node-fleet-process.ts OPTIONS-AS-JSON`. Ends in good order on SIGTERM. */

import { subscribe } from 'node:diagnostics_channel';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startUplink } from '../../sender/uplink/uplink.ts';
import { logPaths } from '../../shared/log/log.ts';
import { openLogWriter } from '../../shared/log/open-log-writer.ts';
import { startSealer } from '../../shared/log/sealer.ts';
import { createLogger } from '../../shared/logging/logger.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { absoluteDirectory, argument } from './arguments.ts';
import { secretOf } from './known-nodes.ts';
import type { FleetEvent, FleetOptions } from './node-fleet.ts';
import { simulateNode } from './simulated-node.ts';

const SEGMENT_BYTES = 65_536;
const options = JSON.parse(argument(0, 'OPTIONS')) as FleetOptions;
const directory = absoluteDirectory(options.directory);
const certificates = options.certificate === undefined ? undefined : [options.certificate];
const log = createLogger('silent');
const sealer = startSealer({
  onError: (_job, error) => {
    throw error;
  },
});

function tell(event: FleetEvent): void {
  process.send?.(event);
}

/** Starts one node; what is returned ends it in good order. */
async function startNode(node: string, index: number): Promise<AsyncDisposable> {
  const root = join(directory, node, 'logs');
  await mkdir(root, { recursive: true });
  const paths = logPaths(root, parseNodeName(node));
  const bootId = 'boot-1';
  const writer = await openLogWriter({ paths, bootId, segmentBytes: SEGMENT_BYTES, sealer }, Date.now());
  const sleep: typeof systemClock.sleep = (ms, signal) => {
    // A session sleeps, too, until it may have to look for a silence.
    if (uplink.state().kind === 'waiting') tell({ kind: 'waits', node, atMs: Date.now() + ms });
    return systemClock.sleep(ms, signal);
  };
  const uplink = startUplink({
    receivers: [options.receiver],
    certificates: () => certificates,
    secret: secretOf(node),
    writer,
    facts: {
      hostName: node,
      bootId,
      version: '0.1.0',
      sleeptimeSeconds: () => options.sampleMs / 1000,
    },
    clock: { ...systemClock, sleep },
    log,
    // Said in each WELCOME.
    onInterval: () => tell({ kind: 'welcomed', node, atMs: Date.now() }),
    onRename: () => undefined,
    onCertificates: async () => undefined,
    onNewLogNeeded: () => {
      throw new Error(`${node} was told to begin a new log`);
    },
    onSegmentLost: ({ lost }) => {
      throw new Error(`${node} lost segment ${lost.from}: ${lost.reason}`);
    },
  });
  const sample = simulateNode(index);
  const timer = setInterval(() => {
    const line = sample(Date.now());
    writer.append(line, Date.now());
    uplink.newSample(line);
  }, options.sampleMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await uplink[Symbol.asyncDispose]();
      await writer[Symbol.asyncDispose]();
    },
  };
}

subscribe('net.client.socket', () => tell({ kind: 'tried', atMs: Date.now() }));
const nodes = await Promise.all(options.nodes.map(startNode));
tell({ kind: 'ready' });

async function end(): Promise<void> {
  await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
  await sealer.idle();
  await sealer[Symbol.asyncDispose]();
  process.disconnect();
}

process.once('SIGTERM', () => void end());
