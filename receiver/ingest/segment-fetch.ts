import { appendFileSync, closeSync, fstatSync, fsyncSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { describeError } from '../../shared/errors/errors.ts';
import type { Frame } from '../../shared/protocol/decoder.ts';
import type { Control, FetchResult } from '../../shared/protocol/messages.ts';

/** A sealed segment that a node is asked for. */
export interface FetchOrder {
  /** Names it to the main thread. */
  readonly request: number;
  readonly segment: number;
  /** The file that the segment's compressed file goes to; what lies there of an earlier try is gone on with. */
  readonly path: string;
}

/** What has come, as the node says; the file has still to be proven. */
export interface FetchedFile {
  /** Bytes of plain content. */
  readonly bytes: number;
  /** Of the plain content, hex. */
  readonly sha256: string;
  /** Times of its first and last line, ms since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** How it ended. `isFinal`: the node itself said that it does not have it. */
export type FetchOutcome =
  | { readonly kind: 'whole'; readonly file: FetchedFile }
  | { readonly kind: 'failed'; readonly error: string; readonly isFinal: boolean };

/** What a {@link SegmentFetch} works with. */
export interface SegmentFetchPorts {
  readonly control: (message: Control) => void;
  readonly done: (request: number, outcome: FetchOutcome) => void;
}

interface Running extends FetchOrder {
  readonly fd: number;
  readonly began: number;
  at: number;
  /** Runs out when nothing comes. */
  readonly timer: NodeJS.Timeout;
  file: (FetchedFile & { readonly size: number }) | undefined;
}

/** How long nothing may come, ms. The log itself goes first, and a node decodes a segment before it sends it. */
const IDLE_MS = 120_000;
/** The longest segment that is taken, bytes of plain content. */
const MAX_BYTES = 2 ** 33;

/**
 * Takes a sealed segment that a connected node was asked for, and writes it as it comes. One at a time; what comes unasked, or late, is
 * passed over.
 */
export class SegmentFetch implements Disposable {
  readonly #ports: SegmentFetchPorts;
  #running: Running | undefined;

  constructor(ports: SegmentFetchPorts) {
    this.#ports = ports;
  }

  /** Asks the node. */
  begin(order: FetchOrder): void {
    const { request, segment, path } = order;
    if (this.#running !== undefined) {
      const error = 'another segment is being fetched from this node';
      this.#ports.done(request, { kind: 'failed', error, isFinal: false });
      return;
    }
    try {
      const fd = openSync(path, 'a');
      const at = fstatSync(fd).size;
      const timer = setTimeout(() => this.#fail(`nothing came for ${IDLE_MS / 1000} s`), IDLE_MS);
      this.#running = { ...order, fd, began: at, at, timer, file: undefined };
      this.#ports.control({ kind: 'fetch', id: request, segment, offset: at });
    } catch (error) {
      this.#ports.done(request, { kind: 'failed', error: describeError(error), isFinal: false });
    }
  }

  /** The node says what comes, or that nothing does. */
  answered(result: FetchResult): void {
    const running = this.#running;
    if (running === undefined || result.id !== running.request) return;
    running.timer.refresh();
    if (result.error !== undefined) {
      // What was gone on with may be of a file that is not there any more.
      this.#fail(result.error, running.began === 0);
      return;
    }
    const file = fileOf(result);
    if (file === undefined) this.#fail('the node did not say what it sends');
    else if (file.size <= running.at || file.bytes > MAX_BYTES || file.size > 2 * file.bytes + 4096)
      this.#fail(`the node says that ${file.size} bytes hold ${file.bytes}, which cannot be`);
    else running.file = file;
  }

  /** Takes a SEGMENT frame. */
  take({ segment, offset, parts }: Frame): void {
    const running = this.#running;
    if (running?.file === undefined || segment !== running.segment || offset !== running.at) return;
    running.timer.refresh();
    try {
      for (const part of parts) {
        appendFileSync(running.fd, part);
        running.at += part.length;
      }
      if (running.at > running.file.size) this.#fail('more came than the node had said');
      else if (running.at === running.file.size) this.#finish(running, running.file);
    } catch (error) {
      this.#fail(describeError(error));
    }
  }

  /** The connection ends. What has come is kept, to be gone on with. */
  [Symbol.dispose](): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#letGo(running);
    const error = 'the connection ended before the whole segment had come';
    this.#ports.done(running.request, { kind: 'failed', error, isFinal: false });
  }

  #finish(running: Running, { size: _, ...file }: FetchedFile & { readonly size: number }): void {
    fsyncSync(running.fd);
    this.#letGo(running);
    this.#ports.done(running.request, { kind: 'whole', file });
  }

  #fail(error: string, isFinal = false): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#letGo(running);
    const tell = () => this.#ports.done(running.request, { kind: 'failed', error, isFinal });
    rm(running.path, { force: true }).then(tell, tell);
  }

  #letGo({ fd, timer }: Running): void {
    this.#running = undefined;
    clearTimeout(timer);
    closeSync(fd);
  }
}

function fileOf({ size, bytes, sha256, from, to }: FetchResult) {
  if (size === undefined || bytes === undefined || sha256 === undefined) return undefined;
  return { size, bytes, sha256, fromMs: msOf(from), toMs: msOf(to) };
}

function msOf(time: string | undefined): number {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? 0 : ms;
}
