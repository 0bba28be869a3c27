import type { z } from 'zod';
import { logPaths } from '../../shared/log/log.ts';
import type { Position } from '../../shared/log/position.ts';
import { readSegmentRecords, type SegmentRecord } from '../../shared/log/segment-records.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { describeLacking } from '../backup/describe-lacking.ts';
import type { MirroredLog, MirrorState } from '../backup/mirror.ts';
import { OVERDUE_KEY, STALL_KEY } from '../backup/mirror-problem.ts';
import type { CopiesReport, VerifyProgress } from '../backup/verify-copies.ts';
import { readVerifyRecord, type Verified } from '../backup/verify-record.ts';
import type { NodeRecord } from '../fleet/node-record.ts';
import type { copiesAnswer, progress } from './contract/copies.ts';
import { HttpError } from './http-error.ts';
import type { WebPorts } from './ports.ts';

type Answer = z.input<typeof copiesAnswer>;
type Progress = z.input<typeof progress>;
type NodeCopies = Answer['nodes'][number];

/** The copies of all logs, and the runs that were asked for from the pages. */
export class Copies implements Disposable {
  readonly #ports: WebPorts;
  readonly #send: (event: 'mirror' | 'verify', progress: Progress) => void;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  /** What is recorded of the sealed segments, by node, up to the segment that was open then. */
  readonly #sealed = new Map<
    NodeName,
    { readonly segment: number; readonly sealed: readonly SegmentRecord[] }
  >();
  #isMirroring = false;
  #isVerifying = false;

  /** @param send tells all who look */
  constructor(ports: WebPorts, send: (event: 'mirror' | 'verify', progress: Progress) => void, log: Logger) {
    this.#ports = ports;
    this.#send = send;
    this.#log = log;
  }

  /** How far each copy of each log is. */
  async describe(): Promise<Answer> {
    const state = this.#ports.mirror.state();
    const byName = new Map(state.logs.map((log) => [log.name, log]));
    const verified = await readVerifyRecord(this.#ports.verifyRecordPath);
    const nodes = this.#ports.fleet.nodes().map(async (record) => ({
      ...(await this.#describeNode(record, byName.get(`node-${record.name}`))),
      lastVerify: describeVerified(verified.get(record.name)),
    }));
    const described = await Promise.all(nodes);
    const isComplete = described.every(({ mirror, receiver }) => mirror !== null || receiver.bytes === 0);
    return { mirror: describeMirror(state, isComplete), nodes: described };
  }

  /** Brings the mirror up to date; the progress is told as events. @throws HttpError when that is being done */
  mirrorNow(): void {
    if (this.#isMirroring) throw busy();
    this.#isMirroring = true;
    this.#send('mirror', { running: true, done: 0, total: 0 });
    const run = this.#ports.mirror.runNow({
      signal: this.#stop.signal,
      onProgress: ({ index, count, name }) =>
        this.#send('mirror', { running: true, done: index, total: count, message: name }),
    });
    this.#finish('mirror', async () => {
      const result = await run;
      if (result.kind !== 'succeeded') return { ok: false, message: result.problem.title };
      const lacking = describeLacking(result);
      return { ok: lacking === undefined, message: lacking ?? 'the mirror is up to date' };
    });
  }

  /** Reads and compares the copies; the progress is told as events. @throws HttpError when that is being done */
  verifyNow(node: NodeName | undefined): void {
    if (this.#isVerifying) throw busy();
    const verify = this.#ports.control['verify'];
    if (verify === undefined) throw new HttpError(404, 'NOT_FOUND', 'This receiver cannot verify.');
    this.#isVerifying = true;
    this.#send('verify', { running: true, done: 0, total: 0 });
    const onProgress = async (value: unknown) => {
      const { index, count, name } = value as VerifyProgress;
      this.#send('verify', { running: true, done: index - 1, total: count, message: name });
    };
    const run = verify({ node }, { signal: this.#stop.signal, progress: onProgress });
    this.#finish('verify', async () => {
      const report = (await run) as CopiesReport;
      return { ok: report.isSound, message: describeReport(report) };
    });
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  async #describeNode(
    record: NodeRecord,
    mirrored: MirroredLog | undefined,
  ): Promise<Omit<NodeCopies, 'lastVerify'>> {
    const { name, lastSeenMs, position = { segment: 0, offset: 0 } } = record;
    const isConnected = this.#ports.ingest.connected().has(name);
    const measure = async (at: Position) => ({
      ...at,
      bytes: (await this.#bytesBefore(name, at)) + at.offset,
    });
    const receiver = await measure(position);
    const end = mirrored?.end;
    const mirror = end === undefined ? null : await measure(end);
    return {
      ...{ name, node: isConnected ? receiver : null, receiver, mirror },
      lagBytes: Math.max(0, receiver.bytes - (mirror?.bytes ?? 0)),
      lagSeconds:
        mirrored === undefined ? undefined : Math.max(0, Math.round((lastSeenMs - mirrored.atMs) / 1000)),
    };
  }

  /** Bytes of the segments before a position, as they are recorded. */
  async #bytesBefore(name: NodeName, { segment }: Position): Promise<number> {
    const known = this.#sealed.get(name);
    const isKnown = known !== undefined && known.segment >= segment;
    const records = isKnown ? known : { segment, sealed: await readSealed(this.#ports.logsRoot, name) };
    this.#sealed.set(name, records);
    return records.sealed.reduce((sum, one) => (one.number < segment ? sum + one.bytes : sum), 0);
  }

  #finish(
    event: 'mirror' | 'verify',
    end: () => Promise<{ readonly ok: boolean; readonly message: string }>,
  ): void {
    void end()
      .catch((err: unknown) => {
        if (!this.#stop.signal.aborted) this.#log.warn({ err }, `${event}, asked for by the web app, failed`);
        return { ok: false, message: err instanceof Error ? err.message : String(err) };
      })
      .then((result) => {
        if (event === 'mirror') this.#isMirroring = false;
        else this.#isVerifying = false;
        this.#send(event, { running: false, done: 1, total: 1, ...result });
      });
  }
}

function describeVerified(verified: Verified | undefined): NodeCopies['lastVerify'] {
  return verified && { ...verified, ok: verified.verdict === 'sound' };
}

function describeReport({ logs, mirrorAbsence }: CopiesReport): string {
  const wrong = logs.filter(({ verdict }) => verdict === 'not_sound');
  const open = logs.filter(({ verdict }) => verdict === 'not_proven');
  if (wrong.length > 0) return `${wrong.length} logs differ, are damaged or missing`;
  if (mirrorAbsence !== undefined) return mirrorAbsence;
  if (open.length > 0) return `${open.length} of ${logs.length} logs are not proven: ${open[0]?.doubts[0]}`;
  return `${logs.length} logs agree`;
}

async function readSealed(logsRoot: string, name: NodeName): Promise<readonly SegmentRecord[]> {
  const { sealed } = await readSegmentRecords(logPaths(logsRoot, name));
  return [...sealed.values()];
}

function busy(): HttpError {
  return new HttpError(409, 'BUSY', 'That is being done already.');
}

function describeMirror(state: MirrorState, isComplete: boolean): Answer['mirror'] {
  const { directory, running, lastSuccess, problem } = state;
  return {
    directory,
    state: stateOf(state, isComplete),
    lastRunMs: lastSuccess?.atMs,
    lastBytes: lastSuccess?.writtenBytes,
    message: problem === undefined ? undefined : `${problem.title}. ${problem.detail}`,
    running: running !== undefined,
  };
}

function stateOf(
  { problem, lastSuccess, logs }: MirrorState,
  isComplete: boolean,
): Answer['mirror']['state'] {
  if (problem?.key === STALL_KEY) return 'hanging';
  if (problem?.key === OVERDUE_KEY) return 'late';
  // A run that was refused has looked at no log: the drive is not there, or is not the right one.
  if (problem !== undefined) return logs.length === 0 ? 'missing' : 'failed';
  if (lastSuccess === undefined) return 'never';
  return isComplete ? 'ok' : 'incomplete';
}
