import { formatBytes } from '../shared/cli/format.ts';
import { describeFault } from '../shared/log/file-change.ts';
import type { NodeName } from '../shared/names/node-name.ts';
import type { Problem } from './alerts/alerts.ts';
import type { IngestProblem } from './ingest/messages.ts';

/** Something else than the programs has changed a file of a node's log, there or here. */
type FileProblem = Extract<IngestProblem, { kind: 'copy_changed' | 'forked' | 'file_changed' | 'lost_end' }>;

/** What the administrator reads about a file that something else changed. */
export function describeChange(node: NodeName, problem: FileProblem): Problem {
  const { segment } = problem;
  switch (problem.kind) {
    case 'copy_changed':
      return {
        key: `copy changed ${node}`,
        node,
        severity: 'warning',
        title: `something changed the receiver's log of node ${node}`,
        detail:
          `Segment ${segment}: ${describeFault(problem.fault)}. Of ${formatBytes(problem.writtenBytes)}, ${formatBytes(problem.keptBytes)} ` +
          `could be put back at once; the node sends the rest again. ` +
          `${problem.aside === undefined ? '' : `What else lay there is kept as ${problem.aside}, in the log's directory. `}` +
          `If logrotate or a script touches node-${node}.log, exclude it.`,
      };
    case 'forked':
      return {
        key: `forked ${node}`,
        node,
        severity: 'critical',
        title: `node ${node} no longer has what it had sent of its log`,
        detail:
          `Of segment ${segment} the receiver has ${formatBytes(problem.bytes)}, which it acknowledged; the node has ` +
          `${formatBytes(problem.nodeBytes)}, and other bytes. The receiver's copy stays in the log. The node keeps its own next to its log ` +
          `(node-${node}/…differs-….aside) where its version can. Was a file on the node restored, rotated or copied from elsewhere?`,
      };
    case 'file_changed':
      return {
        key: `file changed ${node}`,
        node,
        severity: 'warning',
        title: `something changed a file of the log on node ${node}`,
        detail:
          `Segment ${segment}: ${problem.reason}. ${formatBytes(problem.written)} had been written to it, ${formatBytes(problem.kept)} of that ` +
          `were still there. ${asideOf(problem.aside)}The node has begun a new segment and takes back from the receiver what was acknowledged. ` +
          `If logrotate or a script touches node-${node}.log, exclude it.`,
      };
    case 'lost_end':
      return {
        key: `lost end ${node}`,
        node,
        severity: 'critical',
        title: `node ${node} has lost ${formatBytes(problem.bytes)} of its log`,
        detail:
          `The last ${formatBytes(problem.bytes)} of segment ${segment}, written since ${problem.since}, are lost: ${problem.reason}. ` +
          'Everything that had been acknowledged is still there.',
      };
    default:
      return problem satisfies never;
  }
}

function asideOf(aside: string | undefined): string {
  return aside === undefined
    ? ''
    : `What else lay there is kept on the node as ${aside}, in the log's directory. `;
}
