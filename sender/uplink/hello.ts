import type { LogWriter } from '../../shared/log/log-writer.ts';
import { ABILITIES, PROTOCOL_VERSION } from '../../shared/protocol/protocol.ts';

/** What the sender says of itself in HELLO. */
export interface SenderFacts {
  readonly hostName: string;
  readonly bootId: string;
  /** A UUID of this run of the sender, by which a receiver tells it from a copy of it. */
  readonly instance?: string | undefined;
  readonly version: string;
  /** The interval now, seconds. */
  readonly sleeptimeSeconds: () => number;
}

/** Lost segments that HELLO names at most, the newest; a receiver that waits for another is told by `oldest`. */
const MAX_LOST = 100;

/** What HELLO says of the log and its machine now. @param oldest the first segment that it says is here */
export async function helloOf(
  writer: LogWriter,
  facts: SenderFacts,
  oldest = writer.oldest,
): Promise<object> {
  const lost = lostOf(writer);
  return {
    protocol: PROTOCOL_VERSION,
    node: writer.paths.node,
    log: writer.id,
    host_name: facts.hostName,
    boot_id: facts.bootId,
    ...(facts.instance === undefined ? {} : { instance: facts.instance }),
    version: facts.version,
    sleeptime: facts.sleeptimeSeconds(),
    oldest,
    open: await writer.unsealed(),
    ...(lost.length === 0 ? {} : { lost }),
    can: Object.values(ABILITIES),
  };
}

function lostOf(writer: LogWriter): readonly object[] {
  return writer.lost.slice(-MAX_LOST).flatMap(({ from, reason, record }) => {
    if (record === undefined) return [];
    const times = { from: new Date(record.fromMs).toISOString(), to: new Date(record.toMs).toISOString() };
    return [{ segment: from, bytes: record.bytes, ...times, reason }];
  });
}
