import type { Unit } from '../text/format-value.ts';

/** One line of a graph. */
export interface GraphLine {
  readonly series: string;
  readonly label: string;
  /** Number of the colour, 1–8; 0 is the colour of limits. */
  readonly color: number;
  /** Drawn downwards from zero. */
  readonly isMirrored?: boolean;
  /** A limit, such as the number of processors: dashed and without an area. */
  readonly isLimit?: boolean;
  /** One of many, of which none is looked at alone. */
  readonly isFaint?: boolean;
}

/** What a graph shows, and how. */
export interface GraphSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly kind: 'stacked' | 'lines' | 'mirrored';
  readonly lines: readonly GraphLine[];
  /** The scale reaches at least to here. */
  readonly atLeast?: number;
}

const COLORS = 8;
const MOST_LINES = 16;

/** The graphs of a node in the usual order; only those of which the node has series. */
export function graphSpecs(seriesNames: readonly string[]): readonly GraphSpec[] {
  const known = new Set(seriesNames);
  return [...fixedSpecs(), ...partSpecs(seriesNames)]
    .map((spec) => ({ ...spec, lines: spec.lines.filter(({ series }) => known.has(series)) }))
    .filter(({ lines }) => lines.some(({ isLimit }) => !isLimit))
    .sort((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id));
}

const ORDER = [
  'cpu',
  'load',
  'memory',
  'swap',
  'pressure',
  'filesystems',
  'disks',
  'busy',
  'network',
  'temperatures',
  'processes',
  'fans',
];

function fixedSpecs(): readonly GraphSpec[] {
  return [
    {
      ...{ id: 'cpu', title: 'CPU', unit: 'ratio', kind: 'stacked', atLeast: 1 },
      lines: lines(
        ['cpu.user', 'user'],
        ['cpu.system', 'system'],
        ['cpu.iowait', 'iowait'],
        ['cpu.irq', 'irq'],
        ['cpu.nice', 'nice'],
        ['cpu.steal', 'steal'],
      ),
    },
    {
      ...{ id: 'load', title: 'Load', unit: 'count', kind: 'lines' },
      lines: [
        ...lines(['load.1', '1 min'], ['load.5', '5 min'], ['load.15', '15 min']),
        limit('cpu.count', 'processors'),
      ],
    },
    {
      ...{ id: 'memory', title: 'Memory', unit: 'bytes', kind: 'stacked' },
      lines: [...lines(['mem.used', 'used'], ['mem.cache', 'cache']), limit('mem.total', 'total')],
    },
    {
      ...{ id: 'swap', title: 'Swap', unit: 'bytes', kind: 'stacked' },
      lines: [...lines(['swap.used', 'used']), limit('swap.total', 'total')],
    },
    {
      ...{ id: 'pressure', title: 'Pressure', unit: 'ratio', kind: 'lines', atLeast: 0.05 },
      lines: lines(
        ['psi.cpu', 'CPU'],
        ['psi.mem', 'memory'],
        ['psi.io', 'disk'],
        ['psi.mem_full', 'memory, all'],
        ['psi.io_full', 'disk, all'],
      ),
    },
    {
      ...{ id: 'processes', title: 'Processes', unit: 'count', kind: 'lines' },
      lines: lines(
        ['proc.count', 'processes'],
        ['proc.threads', 'threads'],
        ['proc.running', 'running'],
        ['proc.blocked', 'blocked'],
      ),
    },
  ];
}

/** Graphs with a line, or a pair of them, for each mount, disk, interface or sensor. */
function partSpecs(names: readonly string[]): readonly GraphSpec[] {
  return [
    {
      ...{ id: 'filesystems', title: 'File systems', unit: 'ratio', kind: 'lines', atLeast: 1 },
      lines: partLines(names, 'fs.ratio'),
    },
    {
      ...{ id: 'disks', title: 'Disks: read ↑ write ↓', unit: 'bytes/s', kind: 'mirrored', atLeast: 10_000 },
      lines: mirroredLines(names, 'disk.read', 'disk.write'),
    },
    {
      ...{ id: 'busy', title: 'Disks: busy', unit: 'ratio', kind: 'lines', atLeast: 1 },
      lines: partLines(names, 'disk.busy'),
    },
    {
      ...{
        id: 'network',
        title: 'Network: received ↑ sent ↓',
        unit: 'bytes/s',
        kind: 'mirrored',
        atLeast: 10_000,
      },
      lines: mirroredLines(names, 'net.rx', 'net.tx'),
    },
    {
      ...{ id: 'temperatures', title: 'Temperatures', unit: 'celsius', kind: 'lines', atLeast: 60 },
      lines: partLines(names, 'temp'),
    },
    {
      ...{ id: 'fans', title: 'Fans', unit: 'rpm', kind: 'lines', atLeast: 500 },
      lines: partLines(names, 'fan'),
    },
  ];
}

function lines(...pairs: readonly (readonly [string, string])[]): readonly GraphLine[] {
  return pairs.map(([series, label], index) => ({ series, label, color: colorOf(index) }));
}

function limit(series: string, label: string): GraphLine {
  return { series, label, color: 0, isLimit: true };
}

function partLines(names: readonly string[], family: string): readonly GraphLine[] {
  return partsOf(names, family).map((label, index) => ({
    series: `${family}:${label}`,
    label,
    color: colorOf(index),
  }));
}

function mirroredLines(names: readonly string[], up: string, down: string): readonly GraphLine[] {
  return partsOf(names, up).flatMap((label, index) => [
    { series: `${up}:${label}`, label: `${label} ↑`, color: colorOf(index) },
    { series: `${down}:${label}`, label: `${label} ↓`, color: colorOf(index), isMirrored: true },
  ]);
}

/** What stands after the colon in the series of a family. */
function partsOf(names: readonly string[], family: string): readonly string[] {
  const start = `${family}:`;
  return names
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length))
    .slice(0, MOST_LINES);
}

function colorOf(index: number): number {
  return (index % COLORS) + 1;
}
