import type { NodeInfo } from '../../data/contract.ts';
import { now } from '../../data/now.ts';
import { isAdmin } from '../../data/session.ts';
import { STATE_WORDS, StateMark } from '../../parts/state-mark.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { formatDateTime } from '../../text/format-time.ts';
import { formatDuration, formatValue } from '../../text/format-value.ts';

const TABS = [
  { tab: 'graphs', title: 'Graphs' },
  { tab: 'log', title: 'Log' },
  { tab: 'inventory', title: 'Inventory' },
  { tab: 'manage', title: 'Manage' },
] as const;

/** Properties of {@link NodeHead}. */
export interface NodeHeadProps {
  readonly name: string;
  /** Undefined until it was read. */
  readonly node: NodeInfo | undefined;
  readonly tab: string;
}

/** Who this is and how it does. */
export function NodeHead({ name, node, tab }: NodeHeadProps) {
  const tabs = TABS.filter((entry) => entry.tab !== 'manage' || isAdmin.value);
  return (
    <header class="node-head">
      <div class="node-title">
        {node && <StateMark state={node.state} />}
        <h1>{name}</h1>
        {node && <StateWords node={node} />}
        {node?.tags.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
      </div>
      {node && <Facts node={node} />}
      <Tabs page="node" name={name} here={tab} first="graphs" tabs={tabs} />
    </header>
  );
}

function StateWords({ node }: { node: NodeInfo }) {
  return (
    <span class="node-state" title={`since ${formatDateTime(node.sinceMs)}`}>
      <span class={`since-word is-${node.state}`}>{STATE_WORDS[node.state]}</span> for{' '}
      {formatDuration(now.value - node.sinceMs)}
      {node.state === 'down' && node.end !== undefined && `, connection ended: ${node.end}`}
    </span>
  );
}

function Facts({ node }: { node: NodeInfo }) {
  const uptime = node.latest?.values['uptime'] ?? node.uptimeSeconds;
  const facts = [
    node.hostName,
    node.address,
    uptime !== undefined && `booted ${formatValue(uptime, 'seconds')} ago`,
    node.version !== '' && `sender ${node.version}`,
  ].filter((fact) => typeof fact === 'string' && fact !== '');
  return <p class="node-facts">{facts.join(' · ')}</p>;
}
