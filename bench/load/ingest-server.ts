/** The receiver's ingest alone, for the benchmarks: `ingest-server.ts DIRECTORY PORT WORKERS [PAIR]`, with TLS when a file with key and certificate is named. Prints a line when it listens. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodePair } from '../../receiver/identity/key-pair.ts';
import { type IngestEvents, startIngest } from '../../receiver/ingest/ingest.ts';
import { readBootId } from '../../shared/files/boot-id.ts';
import { createLogger } from '../../shared/logging/logger.ts';
import { absoluteDirectory, argument } from '../../test/helpers/arguments.ts';
import { knownNodes, WIDE_LIMITS } from '../../test/helpers/known-nodes.ts';

const directory = absoluteDirectory(argument(0, 'DIRECTORY'));
const [port, workers, pair] = process.argv.slice(3);
const nothing = (): void => undefined;
const events: IngestEvents = {
  connected: nothing,
  disconnected: nothing,
  progress: nothing,
  live: nothing,
  problem: (node, problem) => console.error(node, problem),
  sealFailed: nothing,
  limitReached: nothing,
  volume: nothing,
  confirmed: nothing,
  hung: () => undefined,
};

const ingest = await startIngest({
  logsRoot: join(directory, 'logs'),
  receiverId: 'bench',
  version: '0.0.0',
  bootId: readBootId(),
  host: '127.0.0.1',
  port: Number(port),
  sleeptimeSeconds: 1,
  commitMs: 200,
  acknowledgeMs: 5000,
  helloTimeoutMs: 10_000,
  silenceMs: 20_000,
  numberOfNodes: 100_000,
  workers: Number(workers),
  workerHeapMb: 512,
  tls: pair === undefined ? undefined : decodePair(readFileSync(pair, 'utf8'), pair),
  gate: knownNodes(),
  limits: WIDE_LIMITS,
  events,
  log: createLogger('warn'),
});
console.log(`listening on ${ingest.port}`);
process.once('SIGTERM', () => {
  void ingest[Symbol.asyncDispose]().then(() => process.exit(0));
});
