import type { z } from 'zod';
import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { MirroredLog, MirrorState } from '../backup/mirror.ts';
import type { CopiesReport, VerifyProgress } from '../backup/verify-copies.ts';
import type { copiesAnswer, progress } from './contract/copies.ts';
import { HttpError } from './http-error.ts';
import type { WebPorts } from './ports.ts';

type Answer = z.input<typeof copiesAnswer>;
type Progress = z.input<typeof progress>;
type Verified = NonNullable<Answer['nodes'][number]['lastVerify']>;

/** A mirror that succeeded longer ago than that is late, ms. The usual schedule is hourly. */
const LATE_MS = 2 * 3_600_000;

/** The copies of all logs, and the runs that were asked for from the pages. */
export class Copies implements Disposable {
  readonly #ports: WebPorts;
  readonly #send: (event: 'mirror' | 'verify', progress: Progress) => void;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  readonly #verified = new Map<string, Verified>();
  #isMirroring = false;
  #isVerifying = false;

  /** @param send tells all who look */
  constructor(ports: WebPorts, send: (event: 'mirror' | 'verify', progress: Progress) => void, log: Logger) {
    this.#ports = ports;
    this.#send = send;
    this.#log = log;
  }

  /** How far each copy of each log is. */
  describe(): Answer {
    const state = this.#ports.mirror.state();
    const byName = new Map(state.logs.map((log) => [log.name, log]));
    return {
      mirror: describeMirror(state),
      nodes: this.#ports.fleet.nodes().map(({ name, position, lastSeenMs }) => {
        const live = position ?? { segment: 0, offset: 0 };
        const mirrored = byName.get(`node-${name}`);
        const lag = lagOf(live, mirrored, lastSeenMs);
        return {
          name,
          receiver: { ...live, bytes: live.offset },
          ...lag,
          lastVerify: this.#verified.get(name),
        };
      }),
    };
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
      if (result.kind === 'succeeded') return { ok: true, message: 'the mirror is up to date' };
      return { ok: false, message: result.problem.title };
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
    this.#finish('verify', async () => this.#remember((await run) as CopiesReport));
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
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

  #remember(report: CopiesReport): { readonly ok: boolean; readonly message: string } {
    const atMs = Date.now();
    for (const { node, findings, copies } of report.logs) {
      const [first] = findings;
      const message = first === undefined ? `${copies.length} copies agree` : first.what;
      this.#verified.set(node, { atMs, ok: first === undefined, message });
    }
    const wrong = report.logs.filter(({ findings }) => findings.length > 0);
    if (wrong.length > 0) return { ok: false, message: `${wrong.length} logs differ or are damaged` };
    if (report.mirrorAbsence !== undefined) return { ok: false, message: report.mirrorAbsence };
    return { ok: true, message: `${report.logs.length} logs agree` };
  }
}

function busy(): HttpError {
  return new HttpError(409, 'BUSY', 'That is being done already.');
}

function describeMirror(state: MirrorState): Answer['mirror'] {
  const { directory, running, lastSuccess, problem } = state;
  return {
    directory,
    state: stateOf(state),
    lastRunMs: lastSuccess?.atMs,
    lastBytes: lastSuccess?.writtenBytes,
    message: problem === undefined ? undefined : `${problem.title}. ${problem.detail}`,
    running: running !== undefined,
  };
}

function stateOf({ problem, lastSuccess, logs }: MirrorState): Answer['mirror']['state'] {
  // A run that was refused has looked at no log: the drive is not there, or is not the right one.
  if (problem !== undefined) return logs.length === 0 ? 'missing' : 'failed';
  if (lastSuccess === undefined) return 'never';
  return Date.now() - lastSuccess.atMs > LATE_MS ? 'late' : 'ok';
}

function lagOf(
  live: { readonly segment: number; readonly offset: number },
  mirrored: MirroredLog | undefined,
  lastSeenMs: number,
): Pick<Answer['nodes'][number], 'mirror' | 'lagBytes' | 'lagSeconds'> {
  if (mirrored?.end === undefined) return { mirror: null, lagBytes: live.offset };
  const { end, atMs } = mirrored;
  const isSame = end.segment === live.segment;
  return {
    mirror: { ...end, bytes: end.offset },
    // What lies in the segments between is not known here; that of the present one is a lower bound.
    lagBytes: Math.max(0, isSame ? live.offset - end.offset : live.offset),
    lagSeconds: Math.max(0, Math.round((lastSeenMs - atMs) / 1000)),
  };
}
