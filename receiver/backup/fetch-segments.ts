import { rm } from 'node:fs/promises';
import { describeError, UserError } from '../../shared/errors/errors.ts';
import { importFile } from '../../shared/log/import-sealed.ts';
import { listSegments } from '../../shared/log/list-segments.ts';
import { type LogPaths, logPaths, sealedSegmentPath } from '../../shared/log/log.ts';
import { readLogMeta } from '../../shared/log/log-meta.ts';
import { readSegmentRecords, type SegmentRecord } from '../../shared/log/segment-records.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { FetchedFile, FetchOutcome } from '../ingest/segment-fetch.ts';
import type { WantedSegment } from './run-mirror.ts';
import type { SuspectSegment } from './scrub.ts';

/** A node, as far as it can be asked for a segment. */
export interface AskableNode {
  /** The log that it writes now. */
  readonly log: string;
  /** Its version. */
  readonly version: string;
  readonly canFetch: boolean;
}

/** What {@link SegmentFetcher} works with. */
export interface FetcherPorts {
  readonly logsRoot: string;
  /** Undefined while the node is not connected. */
  readonly askable: (node: NodeName) => AskableNode | undefined;
  /** Asks the node; the compressed file goes to `path`. */
  readonly fetch: (node: NodeName, segment: number, path: string) => Promise<FetchOutcome>;
  /** What a live log lacks, and why nobody has given it; told after each round, an empty list when nothing is lacking. */
  readonly onLacking: (lacking: readonly LackingSegment[]) => void;
  /** A segment came and is in its place. */
  readonly onFetched: (segment: WantedSegment) => void;
  readonly log: Logger;
}

/** A segment that nobody can give at present. */
export interface LackingSegment extends WantedSegment {
  /** In plain words, without a full stop. */
  readonly why: string;
}

/**
 * Fetches from the nodes what the live logs lost of their sealed segments and the mirror does not have. What comes is proven against the
 * record here, or against the node's own where that is lost, before it takes its place; what was damaged is set aside.
 */
export class SegmentFetcher {
  readonly #ports: FetcherPorts;
  #lacking: readonly LackingSegment[] = [];

  constructor(ports: FetcherPorts) {
    this.#ports = ports;
  }

  /** What could not be had in the last round. */
  get lacking(): readonly LackingSegment[] {
    return this.#lacking;
  }

  /** Fetches what it can; returns what came. Not for overlapping calls. */
  async fetch(wanted: readonly WantedSegment[], signal: AbortSignal): Promise<readonly SuspectSegment[]> {
    const fetched: SuspectSegment[] = [];
    const lacking: LackingSegment[] = [];
    for (const segment of wanted) {
      signal.throwIfAborted();
      const why = await this.#fetchOne(segment).catch(describeError);
      if (why !== undefined) {
        lacking.push({ ...segment, why });
        continue;
      }
      fetched.push({ name: segment.name, segment: segment.segment });
      this.#ports.log.warn({ node: segment.node, segment: segment.segment }, 'a segment came from the node');
      this.#ports.onFetched(segment);
    }
    this.#lacking = lacking;
    this.#ports.onLacking(lacking);
    return fetched;
  }

  /** Returns why it did not come; undefined when it is in its place. */
  async #fetchOne(wanted: WantedSegment): Promise<string | undefined> {
    const { node, log, segment } = wanted;
    const there = this.#ports.askable(node);
    if (there === undefined) return `node ${node} is not connected; it is asked when it returns`;
    if (there.log !== log) return `node ${node} has another log by now`;
    if (!there.canFetch)
      return `not known, because version ${there.version} of node ${node} cannot send segments`;
    const paths = logPaths(this.#ports.logsRoot, node);
    if (!(await isBeforeEnd(paths, segment))) return undefined;
    const path = `${sealedSegmentPath(paths, segment)}.fetched.tmp`;
    const outcome = await this.#ports.fetch(node, segment, path);
    if (outcome.kind === 'failed') {
      return outcome.isFinal
        ? `node ${node} says: ${outcome.error}`
        : `it could not be fetched from node ${node}: ${outcome.error}`;
    }
    try {
      return await putInPlace(paths, wanted, path, outcome.file);
    } finally {
      await rm(path, { force: true });
    }
  }
}

/** The open segment is brought by the node's own sending. */
async function isBeforeEnd(paths: LogPaths, segment: number): Promise<boolean> {
  const open = (await listSegments(paths)).find(({ kind }) => kind === 'open');
  return open === undefined || segment < open.number;
}

async function putInPlace(
  paths: LogPaths,
  { node, log, segment }: WantedSegment,
  path: string,
  file: FetchedFile,
): Promise<string | undefined> {
  if ((await readLogMeta(paths))?.id !== log) return `node ${node} has another log by now`;
  const { sealed, droppedTo } = await readSegmentRecords(paths);
  if (segment <= droppedTo) return undefined;
  const known = sealed.get(segment);
  if (known !== undefined && isContradiction(known, file))
    return `node ${node} has ${file.bytes} bytes with SHA-256 ${file.sha256}, recorded are ${known.bytes} with ${known.sha256}`;
  const record: SegmentRecord = { number: segment, ...file, isShort: false };
  try {
    await importFile(path, paths, known?.sha256 === file.sha256 ? known : record);
    return undefined;
  } catch (error) {
    if (error instanceof UserError && error.code === 'LOG_DAMAGED')
      return `what node ${node} sent is not the segment: ${describeError(error)}`;
    throw error;
  }
}

/** A copy that is short may become longer; anything else is as it is recorded. */
function isContradiction(known: SegmentRecord, file: FetchedFile): boolean {
  if (known.sha256 === file.sha256) return known.bytes !== file.bytes;
  return !known.isShort || file.bytes <= known.bytes;
}
