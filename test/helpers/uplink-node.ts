import { mkdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { ReceiverAddress } from '../../sender/uplink/connect.ts';
import type { SegmentLoss } from '../../sender/uplink/give-up.ts';
import { startUplink, type Uplink, type UplinkOptions } from '../../sender/uplink/uplink.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import type { LogWriter, LogWriterOptions } from '../../shared/log/log-writer.ts';
import type { Sealer } from '../../shared/log/sealer.ts';
import { createLogger } from '../../shared/logging/logger.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { secretOf } from './known-nodes.ts';
import { contentOf, openWriter, pathsIn, rememberingSealer } from './logs.ts';

/** A node with a real log on the disk, and no receiver yet. */
export interface UplinkNode extends AsyncDisposable {
  readonly paths: LogPaths;
  readonly sealer: Sealer;
  /** The writer that is open now. */
  readonly writer: LogWriter;
  /** What the uplink told. */
  readonly told: {
    readonly intervals: readonly number[];
    readonly newLogs: number;
    readonly losses: readonly SegmentLoss[];
  };
  connect(receivers: readonly ReceiverAddress[], options?: Partial<UplinkOptions>): Uplink;
  /**
   * The machine loses power and boots again: of the open segment only the first `keptBytes` were on the disk. Returns what
   * the segment held before.
   */
  losePower(keptBytes: number): Promise<Buffer>;
  /** The sender is killed and started again; `change` does something to the file of its open segment meanwhile. */
  kill(change: (path: string) => void): Promise<void>;
  content(segment: number): Promise<Buffer>;
}

/** Opens the log of node 7 in the directory of a test. */
export async function uplinkNode(
  t: { testdir(): string },
  options: Partial<LogWriterOptions> = {},
): Promise<UplinkNode> {
  const paths = pathsIn(join(t.testdir(), 'logs'));
  mkdirSync(paths.root);
  const { sealer, failed } = rememberingSealer();
  const told = { intervals: [] as number[], newLogs: 0, losses: [] as SegmentLoss[] };
  const uplinks = new AsyncDisposableStack();
  let boots = 1;
  const open = async () => await openWriter(paths, { ...options, sealer, bootId: `boot-${boots}` });
  let writer = await open();

  const content = async (segment: number) => Buffer.from(await contentOf(paths, segment), 'latin1');
  return {
    paths,
    sealer,
    told,
    content,
    get writer() {
      return writer;
    },
    connect(receivers, more = {}) {
      const uplink = startUplink({
        receivers,
        certificates: () => undefined,
        secret: secretOf('7'),
        writer,
        facts: {
          hostName: 'kitchen',
          bootId: `boot-${boots}`,
          version: '0.1.0',
          sleeptimeSeconds: () => 1,
        },
        clock: systemClock,
        log: createLogger('silent'),
        onInterval: (seconds) => void told.intervals.push(seconds),
        onRename: () => undefined,
        onCertificates: async () => undefined,
        onNewLogNeeded: () => {
          told.newLogs += 1;
        },
        onSegmentLost: (loss) => void told.losses.push(loss),
        // No waits between the tries, unless a test is about them.
        random: () => 0,
        ...more,
      });
      return uplinks.use(uplink);
    },
    async kill(change) {
      writer.openSegment.close();
      change(paths.open);
      writer = await open();
    },
    async losePower(keptBytes) {
      const before = await content(writer.end.segment);
      writer.openSegment.close();
      truncateSync(paths.open, keptBytes);
      boots += 1;
      writer = await open();
      return before;
    },
    async [Symbol.asyncDispose]() {
      await uplinks.disposeAsync();
      await writer[Symbol.asyncDispose]();
      await sealer.idle();
      await sealer[Symbol.asyncDispose]();
      if (failed.length > 0) throw new Error('a segment could not be sealed', { cause: failed[0]?.[1] });
    },
  };
}
