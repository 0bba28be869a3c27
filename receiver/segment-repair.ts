import { UserError } from '../shared/errors/errors.ts';
import { type LogPaths, logPaths } from '../shared/log/log.ts';
import { readLogMeta } from '../shared/log/log-meta.ts';
import type { Logger } from '../shared/logging/logger.ts';
import type { NodeName } from '../shared/names/node-name.ts';
import { ABILITIES } from '../shared/protocol/protocol.ts';
import type { Problem } from './alerts/alerts.ts';
import { type LackingSegment, SegmentFetcher } from './backup/fetch-segments.ts';
import { findFaults } from './backup/find-faults.ts';
import type { Mirror, RunMirror, SuspectSegment, WantedSegment } from './backup/mirror.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { Ingest } from './ingest/ingest.ts';
import type { ClaimFacts } from './ingest/messages.ts';
import type { ProblemSink } from './problem-relay.ts';

/** What {@link createSegmentRepair} works with. */
export interface SegmentRepairPorts {
  readonly logsRoot: string;
  readonly ingest: Pick<Ingest, 'connected' | 'fetchSegment'>;
  readonly fleet: Pick<Fleet, 'nodes'>;
  readonly alerts: ProblemSink;
  readonly log: Logger;
}

/** Brings back what the live logs lost of their sealed segments, from the mirror or from the nodes. */
export interface SegmentRepair {
  /** Asks the nodes for what the mirror could not give back; returns what came. */
  fetch(wanted: readonly WantedSegment[], signal: AbortSignal): Promise<readonly SuspectSegment[]>;
  /** A node has come: whatever of its log is missing here can be asked for. Never rejects. */
  nodeConnected(node: NodeName, mirror: Pick<Mirror, 'repairSoon'>): Promise<void>;
  /** Lets each run look at what the connected nodes still have and the live logs lack, too. */
  withSuspects(run: RunMirror): RunMirror;
}

/** Makes the repair ready; starts nothing. */
export function createSegmentRepair(ports: SegmentRepairPorts): SegmentRepair {
  const { logsRoot, ingest, fleet, alerts, log } = ports;
  const fetcher = new SegmentFetcher({
    logsRoot,
    askable(node) {
      const facts = ingest.connected().get(node)?.facts;
      if (facts === undefined) return undefined;
      const { log: id, version, can = [] } = facts;
      return { log: id, version, canFetch: can.includes(ABILITIES.FETCH) };
    },
    fetch: (node, segment, path) => ingest.fetchSegment(node, segment, path),
    onFetched: (segment) => alerts.report(fetchedProblem(segment)),
    onLacking(lacking) {
      const byNode = Map.groupBy(lacking, ({ node }) => node);
      for (const { name } of fleet.nodes()) if (!byNode.has(name)) alerts.clear(lackingKey(name));
      for (const [node, segments] of byNode) alerts.raise(lackingProblem(node, segments));
    },
    log,
  });
  async function suspectsOf(node: NodeName): Promise<readonly SuspectSegment[]> {
    try {
      const segments = await findSuspects(logPaths(logsRoot, node), ingest.connected().get(node)?.facts);
      return segments.map((segment) => ({ name: `node-${node}`, segment }));
    } catch (err) {
      const isDamage = err instanceof UserError && err.code === 'LOG_DAMAGED';
      log.warn({ node, err }, isDamage ? 'the log of a node is damaged' : 'a log could not be looked at');
      return [];
    }
  }
  return {
    fetch: (wanted, signal) => fetcher.fetch(wanted, signal),
    async nodeConnected(node, mirror) {
      const name = `node-${node}`;
      const known = fetcher.lacking.filter((one) => one.node === node);
      const suspects = [...(await suspectsOf(node)), ...known.map(({ segment }) => ({ name, segment }))];
      if (suspects.length > 0) mirror.repairSoon(suspects);
    },
    withSuspects: (run) => async (options) => {
      const suspects = [...options.suspects];
      for (const node of ingest.connected().keys()) suspects.push(...(await suspectsOf(node)));
      return await run({ ...options, suspects });
    },
  };
}

/** What a live log lacks of its sealed segments, as far as that is seen without reading them. */
async function findSuspects(
  paths: LogPaths,
  facts: Pick<ClaimFacts, 'log' | 'oldest'> | undefined,
): Promise<readonly number[]> {
  const isSameLog = facts !== undefined && (await readLogMeta(paths))?.id === facts.log;
  const oldest = isSameLog ? facts.oldest : undefined;
  const { missing, partial, unrecorded } = await findFaults(paths, { isRead: () => false, oldest });
  return [...new Set([...missing, ...partial, ...unrecorded])];
}

function lackingKey(node: NodeName): string {
  return `lacking ${node}`;
}

function lackingProblem(node: NodeName, lacking: readonly LackingSegment[]): Problem {
  const numbers = lacking.slice(0, 10).map(({ segment }) => segment);
  const which = lacking.length === 1 ? `segment ${numbers[0]}` : `${lacking.length} segments`;
  const reasons = [...new Set(lacking.map(({ why }) => why))].slice(0, 3).join('; ');
  return {
    key: lackingKey(node),
    node,
    severity: 'warning',
    title: `the log of node ${node} lacks ${which} here`,
    detail:
      `Damaged or missing here, and the mirror does not have it: ${numbers.join(', ')}${lacking.length > 10 ? ', …' : ''}. ` +
      `${reasons.charAt(0).toUpperCase()}${reasons.slice(1)}. The receiver tries again at every run of the mirror.`,
  };
}

function fetchedProblem({ node, segment }: WantedSegment): Problem {
  return {
    key: `fetched ${node}`,
    node,
    severity: 'warning',
    title: `segment ${segment} of node ${node} was damaged or missing here and came back from the node`,
    detail:
      'It was proven before it took its place, and nothing is lost. A file that was damaged is kept (….aside). ' +
      "The disk of the receiver's logs may be failing: look at the kernel log.",
  };
}
