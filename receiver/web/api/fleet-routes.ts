import { UserError } from '../../../shared/errors/errors.ts';
import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Incident } from '../../alerts/alerts.ts';
import { type Past, pastOf } from '../../history/past-of.ts';
import { SERIES_FAMILIES } from '../../history/series.ts';
import { nodeParams } from '../contract/common.ts';
import * as contract from '../contract/fleet.ts';
import { describeFleet, describeOne } from '../describe-node.ts';
import { HttpError } from '../http-error.ts';
import type { WebPorts } from '../ports.ts';
import { presentName } from '../present-name.ts';
import { type Route, route } from '../route.ts';

/** Incidents that are looked through for the bands of a graph. */
const MAX_INCIDENTS = 2000;

/** Nodes that one comparison shows. */
const MAX_COMPARED = 64;

/** The fleet, its nodes and their past. */
export function fleetRoutes(ports: WebPorts): readonly Route[] {
  return [
    route(
      {
        ...{ method: 'GET', path: '/fleet', who: 'viewer', summary: 'Every node with its last hour.' },
        answer: contract.fleetAnswer,
      },
      async () => {
        const overview = await ports.history?.overview();
        const nodes = describeFleet(ports).map((node) => ({
          ...node,
          sparklines: { ...overview?.get(node.name as NodeName)?.sparklines },
        }));
        const setting = ports.sleeptime.setting();
        return {
          nowMs: Date.now(),
          sleeptime: ports.sleeptime.seconds(),
          sleeptimeSetting: setting
            ? { setMs: Date.parse(setting.set), configured: setting.configured }
            : null,
          nodes,
        };
      },
    ),
    route(
      {
        ...{ method: 'GET', path: '/nodes/:name', who: 'viewer', summary: 'One node.' },
        params: nodeParams,
        query: contract.rangeQuery,
        answer: contract.nodeAnswer,
      },
      async ({ params, query }) => await describeNode(presentName(params.name, ports), query, ports),
    ),
    route(
      {
        ...{
          method: 'GET',
          path: '/nodes/:name/series',
          who: 'viewer',
          summary: 'Series of a node over a range.',
        },
        params: nodeParams,
        query: contract.seriesQuery,
        answer: contract.seriesAnswer,
      },
      async ({ params, query: { names, fromMs, toMs, points } }) =>
        await historyOf(ports).series(presentName(params.name, ports), names, { fromMs, toMs }, points),
    ),
    route(
      {
        ...{ method: 'GET', path: '/series-families', who: 'viewer', summary: 'Which series there are.' },
        answer: contract.familiesAnswer,
      },
      () => [...SERIES_FAMILIES],
    ),
    route(
      {
        ...{
          method: 'GET',
          path: '/nodes/:name/top',
          who: 'viewer',
          summary: 'Busiest processes near a time.',
        },
        params: nodeParams,
        query: contract.topQuery,
        answer: contract.topAnswer,
      },
      async ({ params, query }) => {
        const top = await historyOf(ports).top(presentName(params.name, ports), query.atMs);
        if (top === undefined)
          throw new HttpError(404, 'NOT_FOUND', 'The log says nothing of processes then.');
        return top;
      },
    ),
    route(
      {
        ...{ method: 'GET', path: '/compare', who: 'viewer', summary: 'One series of several nodes.' },
        query: contract.compareQuery,
        answer: contract.compareAnswer,
      },
      async ({ query }) => await compare(query, ports),
    ),
  ];
}

async function describeNode(
  name: NodeName,
  {
    fromMs = Date.now() - 86_400_000,
    toMs = Date.now(),
  }: { readonly fromMs?: number | undefined; readonly toMs?: number | undefined },
  ports: WebPorts,
) {
  const node = describeOne(name, ports);
  if (node === undefined) {
    throw new UserError('NODE_UNKNOWN', `there is no node ${name}`);
  }
  const past = ports.history && pastOf(ports.history, ports.renames.before);
  const former = ports.renames.before(name);
  const [names, inventory] = await Promise.all([past?.names(name), past?.inventory(name)]);
  const incidents = ports.alerts.incidents
    .history(MAX_INCIDENTS)
    .filter(
      ({ node, openedMs }) =>
        node === name || former.some((one) => one.node === node && openedMs < one.untilMs),
    );
  return {
    node,
    logId: ports.fleet.node(name)?.logId ?? '',
    inventory: inventory === undefined ? null : { ...inventory },
    seriesNames: [...(names ?? [])],
    sleeptime: ports.fleet.node(name)?.sleeptimeSeconds ?? ports.sleeptime.seconds(),
    bands: incidents
      .filter(({ openedMs, endedMs }) => openedMs < toMs && (endedMs ?? Infinity) > fromMs)
      .map(bandOf),
  };
}

function bandOf({ rule, openedMs, endedMs, title, severity }: Incident) {
  const kind = rule === 'disconnect' ? ('outage' as const) : ('alert' as const);
  return { kind, fromMs: openedMs, toMs: endedMs ?? null, title, severity };
}

async function compare(
  query: {
    readonly name: string;
    readonly nodes: string;
    readonly fromMs: number;
    readonly toMs: number;
    readonly points: number;
  },
  ports: WebPorts,
) {
  const history = historyOf(ports);
  const known = ports.fleet.nodes().map(({ name }) => name);
  const wanted = query.nodes === '*' ? known : query.nodes.split(',').map((name) => presentName(name, ports));
  const nodes = wanted.filter((name) => known.includes(name)).slice(0, MAX_COMPARED);
  const range = { fromMs: query.fromMs, toMs: query.toMs };
  const answers = await Promise.all(
    nodes.map((node) => history.series(node, [query.name], range, query.points)),
  );
  const first = answers.find(({ timesMs }) => timesMs.length > 0);
  const { timesMs = [], stepMs = 1 } = first ?? {};
  const columns = answers.map((answer) => {
    const mean = answer.series[query.name]?.mean ?? [];
    // Nodes that sample in another interval are answered in another step.
    return timesMs.map((atMs) => mean[Math.floor((atMs - (answer.timesMs[0] ?? 0)) / answer.stepMs)] ?? null);
  });
  return {
    stepMs,
    timesMs: [...timesMs],
    nodes: Object.fromEntries(nodes.map((node, index) => [node, columns[index] ?? []])),
  };
}

function historyOf({ history, renames }: WebPorts): Past {
  if (history !== undefined) return pastOf(history, renames.before);
  throw new HttpError(404, 'NO_HISTORY', 'This receiver keeps no history.', {
    hint: 'history.enabled in config.json turns it on.',
  });
}
