import { useMemo } from 'preact/hooks';
import type { FleetNode } from '../../data/contract.ts';
import { goTo } from '../../data/location.ts';
import { now } from '../../data/now.ts';
import { Sparkline } from '../../parts/sparkline.tsx';
import type { Scale } from '../../parts/sparkline-path.ts';
import { STATE_WORDS, StateMark } from '../../parts/state-mark.tsx';
import { formatRoute } from '../../route.ts';
import { formatDateTime } from '../../text/format-time.ts';
import { formatDuration, formatValue, UNKNOWN, type Unit } from '../../text/format-value.ts';

interface MetricColumn {
  readonly key: string;
  readonly title: string;
  readonly series: string;
  readonly unit: Unit;
  readonly scale: Scale;
  /** From here on the value is something to look at. */
  readonly high: number;
}

const METRICS: readonly MetricColumn[] = [
  { key: 'cpu', title: 'CPU', series: 'cpu.used', unit: 'ratio', scale: { min: 0, max: 1 }, high: 0.9 },
  { key: 'mem', title: 'Mem', series: 'mem.ratio', unit: 'ratio', scale: { min: 0, max: 1 }, high: 0.9 },
  { key: 'disk', title: 'Disk', series: 'fs.fullest', unit: 'ratio', scale: { min: 0, max: 1 }, high: 0.9 },
  {
    key: 'temp',
    title: 'Temp',
    series: 'temp.hottest',
    unit: 'celsius',
    scale: { min: 20, max: 100 },
    high: 80,
  },
];

const NETWORK_FLOOR = 10_000;

/** Properties of {@link NodeRow}. */
export interface NodeRowProps {
  readonly node: FleetNode;
  readonly index: number;
  readonly isActive: boolean;
}

/** One node of the list. Is not drawn again until something about the node changed. */
export function NodeRow({ node, index, isActive }: NodeRowProps) {
  return useMemo(() => {
    const address = formatRoute('node', node.name);
    return (
      <tr
        class={`node-row is-${node.state}${isActive ? ' is-active' : ''}`}
        aria-rowindex={index + 2}
        onClick={(event) => {
          if (event.target instanceof Element && event.target.closest('a') === null) goTo(address);
        }}
      >
        <td class="col-state">
          <StateMark state={node.state} isNamed />
        </td>
        <th scope="row" class="col-name">
          <a href={address}>{node.name}</a>
          {node.firing > 0 && <span class="firing-count">{node.firing} firing</span>}
          <Tags tags={node.tags} />
        </th>
        {METRICS.map((metric) => (
          <MetricCell key={metric.key} node={node} metric={metric} />
        ))}
        <NetworkCell node={node} />
        <td class="col-uptime">
          {formatValue(node.latest?.values['uptime'] ?? node.uptimeSeconds, 'seconds')}
        </td>
        <td class="col-since" title={`since ${formatDateTime(node.sinceMs)}`}>
          <Since node={node} />
        </td>
      </tr>
    );
  }, [node, index, isActive]);
}

function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <span class="tags">
      {tags.map((tag) => (
        <span key={tag} class="tag">
          {tag}
        </span>
      ))}
    </span>
  );
}

function MetricCell({ node, metric }: { node: FleetNode; metric: MetricColumn }) {
  const value = node.latest?.values[metric.series];
  // What a lost node said last is no news.
  const isPresent = node.state === 'up' || node.state === 'late';
  const isHigh = isPresent && value !== undefined && value >= metric.high;
  return (
    <td class={`metric col-${metric.key}${isHigh ? ' is-high' : ''}`}>
      <span class="metric-title">{metric.title}</span>
      <Sparkline
        column={node.sparklines[metric.series]}
        scale={metric.scale}
        level={isHigh ? 'high' : 'normal'}
      />
      <span class="metric-value">{formatValue(value, metric.unit)}</span>
    </td>
  );
}

function NetworkCell({ node }: { node: FleetNode }) {
  const received = node.sparklines['net.rx'];
  const most = received?.reduce<number>((max, value) => Math.max(max, value ?? 0), NETWORK_FLOOR);
  const values = node.latest?.values;
  return (
    <td class="metric col-net">
      <span class="metric-title">Network</span>
      <Sparkline column={received} scale={{ min: 0, max: most ?? NETWORK_FLOOR }} />
      <span class="metric-value">
        {values?.['net.rx'] === undefined ? (
          UNKNOWN
        ) : (
          <>
            <span>↓ {formatValue(values['net.rx'], 'bytes/s')}</span>
            <span>↑ {formatValue(values['net.tx'], 'bytes/s')}</span>
          </>
        )}
      </span>
    </td>
  );
}

function Since({ node }: { node: FleetNode }) {
  return (
    <>
      <span class={`since-word is-${node.state}`}>{STATE_WORDS[node.state]}</span>{' '}
      {formatDuration(now.value - node.sinceMs)}
    </>
  );
}
