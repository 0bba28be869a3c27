/** An ingest worker: a thread with a listener, its sockets and the files of the nodes connected to them. */

import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { describeError, errnoOf } from '../../shared/errors/errors.ts';
import type { Position } from '../../shared/log/position.ts';
import { startSealer } from '../../shared/log/sealer.ts';
import { Committer } from './committer.ts';
import type { FromWorker, SessionId, ToWorker, WorkerSettings } from './messages.ts';
import { Session } from './session.ts';
import type { SessionPorts } from './session-ports.ts';

const TICK_MS = 1000;
/** How often positions are reported to the main thread, in ticks. */
const PROGRESS_TICKS = 2;

function run(settings: WorkerSettings, send: (message: FromWorker) => void): void {
  const sessions = new Map<SessionId, Session>();
  const reported = new Map<SessionId, Position>();
  const sealer = startSealer({
    onError: (job, error) =>
      send({ kind: 'seal_failed', node: job.paths.node, segment: job.number, message: describeError(error) }),
  });
  const committer = new Committer({ commitMs: settings.commitMs });
  let sleeptimeSeconds = settings.sleeptimeSeconds;
  let count = 0;
  let ticks = 0;

  const ports: SessionPorts = {
    settings: { ...settings, sealer },
    committer,
    post: send,
    sleeptimeSeconds: () => sleeptimeSeconds,
    certificate: () => settings.tls?.sha256,
    onReleased: (id) => {
      sessions.delete(id);
      reported.delete(id);
    },
  };

  const server = serve(settings, (socket) => {
    count += 1;
    const id: SessionId = `${threadId}.${count}`;
    sessions.set(id, new Session(id, socket, ports));
  });
  listen(server, settings, send);

  const timer = setInterval(() => {
    const now = performance.now();
    for (const session of sessions.values()) session.tick(now);
    ticks += 1;
    if (ticks % PROGRESS_TICKS === 0) reportProgress();
  }, TICK_MS);

  function reportProgress(): void {
    const moved: (readonly [SessionId, Position])[] = [];
    for (const [id, { acknowledged }] of sessions) {
      if (acknowledged === undefined || acknowledged === reported.get(id)) continue;
      reported.set(id, acknowledged);
      moved.push([id, acknowledged]);
    }
    if (moved.length > 0) send({ kind: 'progress', moved });
  }

  async function stop(): Promise<void> {
    clearInterval(timer);
    server.close();
    await Promise.all([...sessions.values()].map((session) => session.stop()));
    reportProgress();
    committer.stop();
    await sealer[Symbol.asyncDispose]();
    parentPort?.close();
  }

  parentPort?.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'granted':
        sessions.get(message.session)?.granted(message.signature);
        return;
      case 'joined':
        sessions.get(message.session)?.joined(message.joined);
        return;
      case 'refused':
        sessions.get(message.session)?.refuse(message.refusal);
        return;
      case 'displace':
        sessions.get(message.session)?.refuse(message.refusal, 'replaced');
        return;
      case 'control':
        sessions.get(message.session)?.control(message.message);
        return;
      case 'interval':
        sleeptimeSeconds = message.sleeptimeSeconds;
        for (const session of sessions.values())
          session.control({ kind: 'interval', sleeptime: sleeptimeSeconds });
        return;
      case 'digest':
        sessions.get(message.session)?.askDigest(message.request, message.upTo);
        return;
      case 'stop':
        void stop();
        return;
      default:
        message satisfies never;
    }
  });
}

/** A listener that hands over connections, those that are encrypted once they are. */
function serve({ tls, helloTimeoutMs }: WorkerSettings, onConnection: (socket: Socket) => void): Server {
  if (tls === undefined) return createServer({ noDelay: true }, onConnection);
  const server = createTlsServer(
    {
      key: tls.key,
      cert: tls.certificate,
      minVersion: 'TLSv1.3',
      handshakeTimeout: helloTimeoutMs,
      noDelay: true,
    },
    onConnection,
  );
  // Strangers and port scanners: their socket is closed already, and nobody here needs to act.
  server.on('tlsClientError', () => undefined);
  return server;
}

function listen(server: Server, settings: WorkerSettings, send: (message: FromWorker) => void): void {
  const { host, port, isPortShared } = settings;
  server.on('error', (error) => send({ kind: 'failed', code: errnoOf(error) ?? '', message: error.message }));
  server.listen({ host, port, reusePort: isPortShared, backlog: 4096 }, () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') send({ kind: 'listening', port: address.port });
  });
}

run(workerData as WorkerSettings, (message) => parentPort?.postMessage(message));
