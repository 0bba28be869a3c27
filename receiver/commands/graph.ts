import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { parseDurationMs } from '../../shared/cli/option-parsers.ts';
import { UsageError } from '../../shared/errors/errors.ts';
import { expandHome } from '../../shared/files/expand-home.ts';
import { drawBraille } from '../graph/draw-braille.ts';
import { drawPng } from '../graph/draw-png.ts';
import { drawSvg } from '../graph/draw-svg.ts';
import type { GraphData } from '../graph/graph.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';

interface GraphFlags {
  readonly metric: string;
  readonly last: Last;
  readonly node: readonly string[];
  readonly out?: string;
}

/** How far back a graph goes. */
type Last = { readonly last_samples: number } | { readonly last_ms: number };

/** Characters of a terminal whose width is not known. */
const WIDTH = 100;

/** `fleetkeep-receiver graph` */
export function addGraph(command: Command, context: CommandContext): void {
  command
    .description('Draw one metric of the nodes, in this terminal or as a picture.')
    .option(
      '--metric <name>',
      'cpu, mem, swap, load, disk, temp, rx, tx, or a full name such as fs.ratio:/var',
      'cpu',
    )
    .addOption(
      new Option('--last <count>', 'how far back: a number of samples, or a time such as 2h or 30d')
        .argParser(parseLast)
        .default({ last_samples: 300 }, '300 samples'),
    )
    .addOption(
      new Option('--node <name>', 'only this node; may be given several times')
        .argParser(collect)
        .default([], 'all nodes'),
    )
    .option('--out <file>', 'write a picture: .svg or .png')
    .action(async ({ metric, last, node: nodes, out }: GraphFlags) => {
      const draw = out === undefined ? undefined : drawerOf(out);
      const args = { metric, nodes, ...last, points: 'last_samples' in last ? pointsOf(last) : 600 };
      const graph = (await askReceiver(await loadConfigOf(command, context), 'graph', args)) as GraphData;
      if (out === undefined || draw === undefined) {
        context.stdout.write(drawBraille(graph, widthOf(context.stdout)));
        return;
      }
      await writeFile(expandHome(out), draw(graph));
      context.stdout.write(`${out}: ${graph.title}, ${graph.lines.length} nodes\n`);
    });
}

function drawerOf(path: string): (graph: GraphData) => string | Buffer {
  if (path.endsWith('.svg')) return drawSvg;
  if (path.endsWith('.png')) return drawPng;
  throw new UsageError('USAGE', `cannot tell what kind of picture ${path} is to be`, {
    hint: 'Let its name end in .svg or .png.',
  });
}

function pointsOf({ last_samples: samples }: { readonly last_samples: number }): number {
  return Math.min(Math.max(samples, 10), 1000);
}

function parseLast(text: string): Last {
  if (!/^\d+$/.test(text)) return { last_ms: parseDurationMs(text) };
  const samples = Number(text);
  if (samples < 2 || samples > 10_000_000)
    throw new InvalidArgumentError('Expected from 2 to 10000000 samples.');
  return { last_samples: samples };
}

function collect(name: string, before: readonly string[]): readonly string[] {
  return [...before, name];
}

function widthOf(stream: NodeJS.WritableStream): number {
  return 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : WIDTH;
}
