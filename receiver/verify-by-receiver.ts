import type { ControlContext } from '../shared/control/serve-client.ts';
import { readBootId } from '../shared/files/boot-id.ts';
import type { Position } from '../shared/log/position.ts';
import { parseLogId } from '../shared/names/log-id.ts';
import { type NodeName, parseNodeName } from '../shared/names/node-name.ts';
import { ABILITIES } from '../shared/protocol/protocol.ts';
import type { SuspectSegment } from './backup/mirror.ts';
import type { CopiesReport, KnownLog, NodeDigest } from './backup/verify-copies.ts';
import { recordVerification } from './backup/verify-record.ts';
import type { NodeRecord } from './fleet/node-record.ts';
import type { Ingest } from './ingest/ingest.ts';
import { quietly } from './quietly.ts';
import type { Receiver } from './receiver.ts';
import { logsRootOf, mirrorRecordOf, verifyRecordOf } from './settings.ts';

/** How long a node may take to read a page of its own copy and say what is in it, ms. */
const DIGEST_MS = 120_000;

/**
 * Verifies the copies here, and asks each connected node what its own copy holds. What turned out to be damaged or missing is mended
 * afterwards, as far as some copy has it.
 */
export async function verifyByReceiver(
  receiver: Receiver,
  name: string | undefined,
  { signal, progress }: ControlContext,
): Promise<CopiesReport> {
  const { config, drive, ingest, fleet } = receiver;
  const options = {
    logsRoot: logsRootOf(config),
    mirrorDirectory: config.to_directory,
    recordPath: mirrorRecordOf(config),
    bootId: readBootId(),
    known: knownLogs(fleet.nodes()),
    node: name === undefined ? undefined : parseNodeName(name),
  };
  const report = await drive.runWhileMoving({
    order: { kind: 'verify', options },
    limitMs: config.mirror.hang_seconds * 1000,
    nodeDigest: (node, upTo) => digestOfNode(ingest, node, upTo),
    onProgress: quietly(progress),
    signal,
  });
  // What was found matters more than the record of it.
  await recordVerification(verifyRecordOf(config), report, Date.now()).catch(() => undefined);
  const isMendable = report.logs.some(({ findings }) => findings.some(({ copy }) => copy !== 'node'));
  if (isMendable) receiver.mirror.repairSoon(suspectsOf(report));
  return report;
}

/** The logs that nodes write now, and what was acknowledged of them. */
export function knownLogs(nodes: readonly NodeRecord[]): readonly KnownLog[] {
  return nodes.flatMap(({ name: node, logId, position }) => {
    const log = parseLogId(logId);
    return log === undefined ? [] : [{ node, log, position }];
  });
}

/** Asks a node page by page, if it can; undefined when it is not connected. */
export async function digestOfNode(
  ingest: Pick<Ingest, 'askDigest' | 'connected'>,
  node: NodeName,
  upTo: Position,
): Promise<NodeDigest | undefined> {
  const there = ingest.connected().get(node);
  if (there === undefined) return undefined;
  if (there.facts.can?.includes(ABILITIES.DIGEST_PAGES) !== true)
    return await ingest.askDigest(node, upTo, DIGEST_MS);
  let whole: NodeDigest = { segments: [], unreadable: [], lost: [], dropped: 0 };
  for (let from: number | undefined = 1; from !== undefined; ) {
    const page = await ingest.askDigest(node, upTo, DIGEST_MS, from);
    if (page.error !== undefined || page.segments === undefined)
      return { ...whole, segments: undefined, error: page.error };
    whole = {
      segments: [...(whole.segments ?? []), ...page.segments],
      unreadable: [...(whole.unreadable ?? []), ...(page.unreadable ?? [])],
      lost: [...(whole.lost ?? []), ...(page.lost ?? [])],
      dropped: Math.max(whole.dropped ?? 0, page.dropped ?? 0),
    };
    // A node that names a page again, or pages beyond what it was asked about, would be asked for ever.
    const { next = 0 } = page;
    from = next > from && next <= upTo.segment ? next : undefined;
  }
  return whole;
}

function suspectsOf({ logs }: CopiesReport): readonly SuspectSegment[] {
  return logs.flatMap(({ name, findings }) =>
    findings.flatMap(({ copy, segment }) =>
      segment === undefined || copy === 'node' ? [] : [{ name, segment }],
    ),
  );
}
