import { z } from 'zod';
import type { ControlHandlers } from '../shared/control/serve-client.ts';
import { UserError } from '../shared/errors/errors.ts';
import { type NodeName, parseNodeName } from '../shared/names/node-name.ts';
import { type GraphData, MAX_LINES } from './graph/graph.ts';
import type { History } from './history/history.ts';
import { pastOf } from './history/past-of.ts';
import { familyOf, SERIES_FAMILIES } from './history/series.ts';
import type { Receiver } from './receiver.ts';

const GRAPH = z.object({
  metric: z.string(),
  nodes: z.array(z.string()),
  /** How far back, ms; or as many samples. */
  last_ms: z.number().positive().optional(),
  last_samples: z.int().positive().optional(),
  points: z.int().min(10).max(5000),
});

/** What people say for the series that they mean. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  cpu: 'cpu.used',
  mem: 'mem.ratio',
  memory: 'mem.ratio',
  swap: 'swap.used',
  load: 'load.1',
  disk: 'fs.fullest',
  fs: 'fs.fullest',
  temp: 'temp.hottest',
  temperature: 'temp.hottest',
  net: 'net.rx',
  rx: 'net.rx',
  tx: 'net.tx',
};

/** What can be asked of a running receiver for graphs. */
export function graphControl(running: () => Receiver): ControlHandlers {
  return { graph: async (args) => await graphOf(running(), GRAPH.parse(args)) };
}

async function graphOf(receiver: Receiver, wish: z.output<typeof GRAPH>): Promise<GraphData> {
  const { history } = receiver;
  if (history === undefined) {
    throw new UserError('USAGE', 'this receiver keeps no history', {
      hint: 'Set history.enabled in config.json.',
    });
  }
  const name = SHORT_NAMES[wish.metric] ?? wish.metric;
  const family = familyOf(name);
  if (family === undefined) throw unknownMetric(wish.metric);
  const nodes = chooseNodes(receiver, wish.nodes);
  const toMs = Date.now();
  const samplesMs = (wish.last_samples ?? 300) * receiver.sleeptime.seconds() * 1000;
  const range = { fromMs: toMs - (wish.last_ms ?? samplesMs), toMs };
  const past = pastOf(history, receiver.renames.before);
  const answers = await Promise.all(nodes.map((node) => past.series(node, [name], range, wish.points)));
  return align(
    nodes,
    name,
    answers,
    `${family.title}${name.includes(':') ? ` (${name.replace(/^.*?:/s, '')})` : ''}`,
  );
}

function chooseNodes({ fleet, renames }: Receiver, wanted: readonly string[]): readonly NodeName[] {
  const known = fleet.nodes().map((node) => node.name);
  const present = (name: NodeName) => (known.includes(name) ? name : (renames.nowOf(name)?.to ?? name));
  const nodes = wanted.length > 0 ? wanted.map((name) => present(parseNodeName(name))) : known;
  const stranger = nodes.find((node) => !known.includes(node));
  if (stranger !== undefined) {
    throw new UserError('NODE_UNKNOWN', `there is no node ${stranger}`, {
      hint: 'fleetkeep-receiver nodes lists them.',
    });
  }
  if (nodes.length > MAX_LINES) {
    const hint = 'Choose some with --node, which may be given several times.';
    throw new UserError(
      'USAGE',
      `${nodes.length} nodes are too many for one graph; it can show ${MAX_LINES}`,
      { hint },
    );
  }
  return nodes;
}

type Answer = Awaited<ReturnType<History['series']>>;

/** Nodes that sample at another interval are answered in another step: the coarsest is drawn, the others stand at its times. */
function align(
  nodes: readonly NodeName[],
  name: string,
  answers: readonly Answer[],
  title: string,
): GraphData {
  const widest = answers.reduce<Answer | undefined>(
    (found, answer) => (answer.timesMs.length > 0 && answer.stepMs > (found?.stepMs ?? 0) ? answer : found),
    undefined,
  );
  const { timesMs, stepMs } = widest ?? { timesMs: [], stepMs: 1 };
  const lines = nodes.map((node, index) => {
    const answer = answers[index];
    const mean = answer?.series[name]?.mean ?? [];
    const values = timesMs.map((atMs) => {
      const at = answer === undefined ? -1 : Math.floor((atMs - (answer.timesMs[0] ?? 0)) / answer.stepMs);
      return mean[at] ?? null;
    });
    return { name: node, values };
  });
  return { title, unit: familyOf(name)?.unit ?? 'count', timesMs, stepMs, lines };
}

function unknownMetric(metric: string): UserError {
  const names = SERIES_FAMILIES.map(({ name }) => name.replace('*', 'NAME')).join(', ');
  return new UserError('USAGE', `there is no metric ${JSON.stringify(metric)}`, {
    hint: `There are ${Object.keys(SHORT_NAMES).join(', ')}, and by their full names: ${names}.`,
  });
}
