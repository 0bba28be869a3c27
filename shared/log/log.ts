/**
 * The log of a node and its copies: append, seal, read, heal, verify. The sender writes one, the receiver follows it,
 * the mirror follows the receiver; all three are the same files, kept by the code in this folder.
 *
 * On disk, below a directory `logs/` (`X` is the node's name):
 *
 *     node-X.log                        the open segment, NDJSON, only ever appended to
 *     node-X/log.json                   id of the log, boot id of its last opening, the writer's open segment and where it ended at a
 *                                       clean stop, interrupted segments
 *     node-X/segments.ndjson            one record a sealed segment: number, bytes, sha256; `short` where this copy ends before the
 *                                       segment does, `partial` where that is not the node's word; what was dropped, what is lost
 *     node-X/00000001.ndjson.zst        a sealed segment, zstd
 *     node-X/00000002.ndjson            a closed segment that waits to be sealed, or an interrupted one
 *     node-X/….tmp                      being written; what is older than the process is removed when a copy is opened
 *     node-X/….aside                    kept out of the way (invariant 8)
 *     node-X/checkpoint.json            CRC-32 of a prefix of the open segment; a hint, may be missing or stale
 *
 * Invariants. Tests cite them by number.
 *
 * 1. A log has one writer. Bytes never change once written; a copy of a segment can be short, never different.
 * 2. A position is never used twice: after a stop that was not clean, under another boot id, the writer leaves its open
 *    segment as it is (interrupted) and begins the next.
 * 3. A new segment is durable (file and directory) before its first byte may leave the machine. The writer makes it under
 *    another name, so that the open segment's name never stands for a file without a whole first line.
 * 4. Every segment begins with a line that names log, node and number. A torn last line is ended with `\n` by the writer.
 * 5. A copy opened under another boot id is cut back to its last whole sample before the first NUL byte: what follows was
 *    never synced. So are the writer's interrupted segments, since the cut may have come while they were being healed. (An
 *    acknowledgement may end in the middle of a line; the beginning of that line is then asked for again.)
 * 6. A sealed segment is recorded with length and SHA-256, and its plain file goes only after the compressed one was decoded and
 *    found equal, and is durable.
 * 7. `kill -9` at any moment leaves a copy that `openLogWriter` or `openLogFollower` opens, with at most a torn last line. A
 *    segment that is recorded and not there counts as not there, and is asked for again.
 * 8. What is set aside (`node-X/….aside`) or archived (`node-X@ID/`) is kept, never overwritten.
 * 9. A follower whose sync has failed is cut back to what was synced before: the kernel may have dropped the rest, and would call
 *    the next sync a success.
 * 10. What a writer sends of a sealed segment is proven first, by the CRC-32s of its pieces: a decoder gives wrong bytes before it notices. A
 *    segment that cannot be proven is given up: set aside, recorded as lost, and followers go on behind it.
 * 11. Nobody goes on in a file that is not what was left there. Before each append and sync a writer compares the file at the open segment's path
 *    with the one that it writes to (device, inode, length); when it opens the log, with what `log.json` and the checkpoint say. If they
 *    differ, it begins the next segment. What can be saved of the old one, also through the descriptor that is still open, becomes the closed
 *    segment; if that is not all that was written, the segment is interrupted and heals from the receiver. Anything else that lay there is
 *    set aside. A follower does the same before it acknowledges.
 * 12. What has been acknowledged never gives way to less: where two copies of a segment differ, the shorter one is set aside, and a writer that
 *    cannot prove its own bytes gives way whatever its length.
 */

import { join, sep } from 'node:path';
import type { NodeName } from '../names/node-name.ts';

/** Where the files of one node's log lie. */
export interface LogPaths {
  /** The directory that holds the logs of all nodes. */
  readonly root: string;
  readonly node: NodeName;
  /** The open segment. */
  readonly open: string;
  /** Everything else of this log. */
  readonly directory: string;
  /** `log.json`. */
  readonly meta: string;
  /** `segments.ndjson`. */
  readonly records: string;
  /** `checkpoint.json`. */
  readonly checkpoint: string;
}

/** Names the files of the log of `node` below `root`. */
export function logPaths(root: string, node: NodeName): LogPaths {
  const directory = join(root, `node-${node}`);
  // Joined once: what `join` gives is held together from a dozen pieces until it is used, and thousands of nodes keep their paths.
  const within = (name: string): string => `${directory}${sep}${name}`;
  return {
    root,
    node,
    open: `${directory}.log`,
    directory,
    meta: within('log.json'),
    records: within('segments.ndjson'),
    checkpoint: within('checkpoint.json'),
  };
}

/** The plain file of a segment that is closed but not compressed yet. */
export function plainSegmentPath(paths: LogPaths, segment: number): string {
  return join(paths.directory, `${segmentName(segment)}.ndjson`);
}

/** The compressed file of a sealed segment. */
export function sealedSegmentPath(paths: LogPaths, segment: number): string {
  return `${plainSegmentPath(paths, segment)}.zst`;
}

/** A segment's number as it stands in file names, eight digits. */
export function segmentName(segment: number): string {
  return String(segment).padStart(8, '0');
}
