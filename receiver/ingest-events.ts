import { formatBytes } from '../shared/cli/format.ts';
import type { Logger } from '../shared/logging/logger.ts';
import type { NodeName } from '../shared/names/node-name.ts';
import type { Problem } from './alerts/alerts.ts';
import { describeChange } from './describe-change.ts';
import { describeGap } from './describe-gap.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { IngestEvents } from './ingest/ingest.ts';
import type { IngestProblem } from './ingest/messages.ts';
import type { ProblemSink } from './problem-relay.ts';
import { tellHung } from './tell-hung.ts';

/** Options of {@link ingestEvents}. */
export interface IngestEventsOptions {
  readonly fleet: Fleet;
  readonly alerts: ProblemSink;
  /** Whether the node may connect. */
  readonly isMember: (node: NodeName) => boolean;
  /** A node is connected and can be told things. */
  readonly onConnected: (node: NodeName) => void;
  /** Something has changed or deleted the files of the node's log here; what was open is back already. */
  readonly onFilesChanged: (node: NodeName) => void;
  /** These nodes' logs have grown. */
  readonly onMoved: (nodes: readonly NodeName[]) => void;
  /** The newest sample of a node that is still sending what came before it. */
  readonly onLive: (node: NodeName, line: string) => void;
  /** A node has kept the hashes of these certificates. */
  readonly onConfirmed: (node: NodeName, sha256: readonly string[]) => void;
  /** How many nodes may be connected, for the words of the alert. */
  readonly numberOfNodes: () => number;
  /** What a node may send in a day, for the words of the alert. */
  readonly bytesPerDay: number;
  readonly log: Logger;
}

/** Turns what ingest tells into the fleet's state and alerts. */
export function ingestEvents(options: IngestEventsOptions): IngestEvents {
  const { fleet, alerts, numberOfNodes, log } = options;
  return {
    connected(facts, at) {
      const { node, log: logId, hostName, address, bootId, version, sleeptimeSeconds } = facts;
      const atMs = Date.now();
      fleet.connected({ node, logId, hostName, address, bootId, version, sleeptimeSeconds, atMs });
      fleet.progress([{ node, position: at, atMs }]);
      log.info({ node, address, hostName, at }, 'node connected');
      options.onConnected(node);
    },
    disconnected(node, how, reason, silentMs) {
      const atMs = Date.now();
      // One that was sent away for good is no node that is lost.
      if (options.isMember(node))
        fleet.disconnected({ node, how, reason, atMs, silentSinceMs: atMs - silentMs });
      else fleet.forget(node);
      log.info({ node, how, reason }, 'node disconnected');
    },
    progress(moved) {
      const atMs = Date.now();
      fleet.progress(moved.map(({ node, position }) => ({ node, position, atMs })));
      options.onMoved(moved.map(({ node }) => node));
    },
    live: options.onLive,
    problem(node, problem) {
      log.warn({ node, problem }, 'trouble with the copy of a node');
      alerts.report(describeProblem(node, problem));
      if (problem.kind === 'copy_changed' || problem.kind === 'directory_gone') options.onFilesChanged(node);
    },
    sealFailed(node, segment, message) {
      log.error({ node, segment, message }, 'a segment could not be sealed');
      alerts.report({
        key: `seal ${node}`,
        node,
        severity: 'warning',
        title: `a segment of node ${node} could not be sealed`,
        detail: `Segment ${segment} stays uncompressed: ${message}. It is tried again when the node next connects.`,
      });
    },
    confirmed: options.onConfirmed,
    hung: (outcome) => tellHung(alerts, 'ingest', outcome),
    volume: (node, state) => alerts.report(describeVolume(node, state, options.bytesPerDay)),
    limitReached({ node, hostName, address }) {
      log.warn({ node, address }, 'a node was refused: number_of_nodes are connected');
      alerts.report({
        key: 'limit',
        severity: 'warning',
        title: `node ${node} was refused: the limit of ${numberOfNodes()} nodes is reached`,
        detail:
          `Node ${node} (${hostName}, ${address}) wants to connect, but number_of_nodes = ${numberOfNodes()} are connected. ` +
          'It keeps sampling into its local copy and tries again. Raise number_of_nodes in config.json; the receiver need not be restarted for that.',
      });
    },
  };
}

/** Somebody tries again and again to get in. */
export function failedAttempts(address: string, attempts: number): Problem {
  return {
    key: `auth ${address}`,
    severity: 'warning',
    title: `${attempts} failed attempts to connect from ${address}`,
    detail:
      `Within an hour, ${address} could not prove ${attempts} times that it is the node it said, or that it has a join code. ` +
      'It is answered ever more slowly. A node that was forgotten, or whose receiver was set up anew, does this too: give it a new join code.',
  };
}

function describeVolume(node: NodeName, state: 'near' | 'over', bytesPerDay: number): Problem {
  const limit = `${formatBytes(bytesPerDay)} a day (receiver.limits.bytes_per_day)`;
  const isOver = state === 'over';
  return {
    key: `volume ${state} ${node}`,
    node,
    severity: 'warning',
    title: isOver
      ? `node ${node} has sent all that it may today`
      : `node ${node} has sent 80 % of what it may today`,
    detail: isOver
      ? `Node ${node} may send ${limit}. It is refused until midnight UTC, keeps its own log meanwhile, and sends the rest then.`
      : `Node ${node} may send ${limit}. Beyond that it is refused until midnight UTC; nothing is lost by that.`,
  };
}

function describeProblem(node: NodeName, problem: IngestProblem): Problem {
  switch (problem.kind) {
    case 'set_aside':
      return {
        key: `set aside ${node}`,
        node,
        severity: 'critical',
        title: `the copy of node ${node} was not the node's log`,
        detail:
          `Segment ${problem.segment} differed from the node's own bytes, which never happens on a sound disk. ` +
          `The file was set aside as ${problem.asidePath} and is fetched again from the node.`,
      };
    case 'gap':
      return describeGap(node, problem.gap);
    case 'storage':
      return {
        key: `storage ${problem.code}`,
        node,
        severity: 'critical',
        title: 'the receiver cannot store logs',
        detail: `While storing the log of node ${node}: ${problem.message}. Nothing that was acknowledged is lost; nodes keep their own copy and send again.`,
      };
    case 'lost':
      return {
        key: `lost ${node}`,
        node,
        severity: 'critical',
        title: `node ${node} could not keep ${problem.samples} samples`,
        detail: `Since ${problem.since} node ${node} could not write its local copy (${problem.reason}). ${problem.samples} samples are lost.`,
      };
    case 'directory_gone':
      return {
        key: `directory ${node}`,
        node,
        severity: 'warning',
        title: `log.json of node ${node} was deleted here`,
        detail:
          'The receiver wrote it again. If sealed segments are gone as well, it fetches them from the mirror or from ' +
          'the node; an alert follows if it cannot. Look for a program that deletes files in the data directory.',
      };
    case 'copy_changed':
    case 'forked':
    case 'file_changed':
    case 'lost_end':
      return describeChange(node, problem);
    default:
      return problem satisfies never;
  }
}
