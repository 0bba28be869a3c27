/** An ingest worker: a thread with a listener, its sockets and the files of the nodes connected to them. */

import { parentPort, threadId, workerData } from 'node:worker_threads';
import { describeError } from '../../shared/errors/errors.ts';
import type { Position } from '../../shared/log/position.ts';
import { startSealer } from '../../shared/log/sealer.ts';
import { BEAT_MS, beat } from '../pulse/pulse.ts';
import { Committer } from './committer.ts';
import { startListener } from './listener.ts';
import type { FromWorker, Moved, SessionId, ToWorker, WorkerStart } from './messages.ts';
import { Session } from './session.ts';
import type { SessionPorts } from './session-ports.ts';

/** How often positions are reported to the main thread, in ticks. */
const PROGRESS_TICKS = 2;

function run({ pulse, ...settings }: WorkerStart, send: (message: FromWorker) => void): void {
  const sessions = new Map<SessionId, Session>();
  const reported = new Map<SessionId, Position>();
  const sealer = startSealer({
    onError: (job, error) =>
      send({ kind: 'seal_failed', node: job.paths.node, segment: job.number, message: describeError(error) }),
  });
  const committer = new Committer({ commitMs: settings.commitMs });
  let { sleeptimeSeconds, tls } = settings;
  let count = 0;
  let ticks = 0;

  const ports: SessionPorts = {
    settings: { ...settings, sealer },
    committer,
    post: send,
    sleeptimeSeconds: () => sleeptimeSeconds,
    certificate: () => tls?.sha256,
    onReleased: (id) => {
      sessions.delete(id);
      reported.delete(id);
    },
  };

  const listener = startListener({
    settings,
    send,
    onConnection(arrival) {
      count += 1;
      const id: SessionId = `${threadId}.${count}`;
      sessions.set(id, new Session(id, arrival, ports));
    },
  });

  const timer = setInterval(() => {
    beat(pulse);
    const now = performance.now();
    for (const session of sessions.values()) session.tick(now);
    ticks += 1;
    if (ticks % PROGRESS_TICKS === 0) reportProgress();
  }, BEAT_MS);

  function reportProgress(): void {
    const moved: Moved[] = [];
    for (const [id, session] of sessions) {
      const { acknowledged } = session;
      if (acknowledged === undefined || acknowledged === reported.get(id)) continue;
      reported.set(id, acknowledged);
      moved.push([id, acknowledged, session.takeTraffic()]);
    }
    if (moved.length > 0) send({ kind: 'progress', moved });
  }

  /** A session that is gone says so by itself. */
  function probe(session: SessionId): void {
    sessions.get(session)?.probe.begin((isAlive) => send({ kind: 'probed', session, isAlive }));
  }

  async function stop(): Promise<void> {
    clearInterval(timer);
    listener.close();
    await Promise.all([...sessions.values()].map((session) => session.stop()));
    reportProgress();
    committer.stop();
    await sealer[Symbol.asyncDispose]();
    parentPort?.close();
  }

  parentPort?.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'granted':
        sessions.get(message.session)?.granted(message.signature, message.leftBytes);
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
      case 'tls':
        tls = message.tls;
        listener.setTls(tls);
        return;
      case 'digest': {
        const { request: id, upTo, from } = message;
        const question = { kind: 'digest', id, ...upTo, ...(from === undefined ? {} : { from }) } as const;
        sessions.get(message.session)?.control(question);
        return;
      }
      case 'fetch': {
        const session = sessions.get(message.session);
        const error = 'the connection has ended';
        if (session !== undefined) session.fetch(message.order);
        else
          send({
            kind: 'fetched',
            request: message.order.request,
            outcome: { kind: 'failed', error, isFinal: false },
          });
        return;
      }
      case 'probe':
        probe(message.session);
        return;
      case 'stop':
        void stop();
        return;
      default:
        message satisfies never;
    }
  });
}

run(workerData as WorkerStart, (message) => parentPort?.postMessage(message));
