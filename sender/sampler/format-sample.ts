import { styleText } from 'node:util';
import { CPU_MODES, type Row, type Sample } from '../../shared/sample/sample.ts';
import { formatBar, formatTable } from './format-table.ts';
import { formatBytes, formatDuration, formatPercent } from './format-units.ts';

/** Options of {@link formatSample}. */
export interface FormatSampleOptions {
  /** An earlier sample of the same machine; with it counters are shown as rates. */
  readonly previous?: string | undefined;
  /** Whether to use the colours of a terminal; default no. */
  readonly hasColour?: boolean | undefined;
}

const BAR_WIDTH = 20;
const LABEL_WIDTH = 10;

/** A sample as a person wants to see it on a terminal, several lines without `\n` at the end. What is no sample is shown as it is. */
export function formatSample(line: string, options: FormatSampleOptions = {}): string {
  const sample = parseSample(line);
  if (sample === undefined) return line;
  const previous = parseSample(options.previous ?? '');
  const view: View = {
    sample,
    rate: rateSince(sample, previous),
    style:
      options.hasColour === true
        ? (kind, text) => styleText(STYLES[kind], text, { validateStream: false })
        : (_, text) => text,
  };
  const blocks = [heading(view), gauges(view), filesystems(view), disks(view), interfaces(view), rest(view)];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

const STYLES = { title: 'bold', calm: 'green', busy: 'yellow', full: 'red', quiet: 'dim' } as const;

/** What every block is made from. */
interface View {
  readonly sample: Sample;
  /** A counter of a row per second since the sample before; undefined without one. */
  readonly rate: Rate | undefined;
  readonly style: (kind: keyof typeof STYLES, text: string) => string;
}

type Rate = (pick: (sample: Sample) => Row | undefined, index: number) => number;

function parseSample(line: string): Sample | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isSample = typeof value === 'object' && value !== null && 't' in value && 'cpu' in value;
    return isSample ? (value as Sample) : undefined;
  } catch {
    return undefined;
  }
}

function rateSince(sample: Sample, previous: Sample | undefined): Rate | undefined {
  if (previous === undefined) return undefined;
  const seconds = (Date.parse(sample.t) - Date.parse(previous.t)) / 1000;
  if (!(seconds > 0) || sample.boot !== previous.boot) return undefined;
  return (pick, index) =>
    Math.max(0, (pick(sample)?.[index] ?? 0) - (pick(previous)?.[index] ?? 0)) / seconds;
}

function heading({ sample, style }: View): string[] {
  const up = sample.up === undefined ? '' : `up ${formatDuration(sample.up)}`;
  const boot = sample.boot === undefined ? '' : `boot ${sample.boot}`;
  const load = sample.load === undefined ? '' : `load ${sample.load.map((one) => one.toFixed(2)).join(' ')}`;
  const time = sample.t.replace('T', ' ').replace('Z', ' UTC');
  return [[style('title', time), up, load, boot].filter((part) => part !== '').join('   ')];
}

function gauges(view: View): string[] {
  return [...cpu(view), ...memory(view), ...pressure(view)];
}

function cpu(view: View): string[] {
  const { util, core } = view.sample.cpu;
  if (util === undefined) return [];
  const modes = CPU_MODES.filter((mode) => mode !== 'idle' && util[mode] !== undefined);
  const detail = modes.map((mode) => `${mode} ${formatPercent(util[mode] ?? 0)}`).join('  ');
  const lines = [gauge(view, 'cpu', 1 - (util.idle ?? 0), detail)];
  if (core !== undefined && core.length > 1) lines.push(label('cores') + core.map(coreBlock).join(''));
  return lines;
}

// One character a core, the higher the busier; a core that is offline is a hyphen.
function coreBlock(row: Row | null): string {
  if (row === null) return '-';
  const busy = row.reduce((sum, share) => sum + share, 0);
  return '▁▂▃▄▅▆▇█'[Math.min(7, Math.floor(busy * 8))] ?? '█';
}

function memory(view: View): string[] {
  const { mem, swap } = view.sample;
  const lines: string[] = [];
  // A sender of an older version wrote what the kernel says, which in a container may be what its host has.
  if (mem !== undefined && mem.total > 0 && mem.avail <= mem.total) {
    const used = mem.total - mem.avail;
    const cache = mem.cache === undefined ? '' : `, ${formatBytes(mem.cache)} cache`;
    const detail = `${formatBytes(used)} of ${formatBytes(mem.total)}${cache}`;
    lines.push(gauge(view, 'memory', used / mem.total, detail));
  }
  if (swap !== undefined && swap.total > 0) {
    const detail = `${formatBytes(swap.used)} of ${formatBytes(swap.total)}`;
    lines.push(gauge(view, 'swap', swap.used / swap.total, detail));
  }
  return lines;
}

function pressure({ sample, rate }: View): string[] {
  if (sample.psi === undefined || rate === undefined) return [];
  const some = (['cpu', 'mem', 'io'] as const).map(
    (resource) =>
      `${resource} ${formatPercent(
        Math.min(
          1,
          rate((one) => one.psi?.[resource], 0),
        ),
      )}`,
  );
  return [label('pressure') + some.join('  ')];
}

function gauge({ style }: View, name: string, ratio: number, detail: string): string {
  const kind = ratio >= 0.9 ? 'full' : ratio >= 0.7 ? 'busy' : 'calm';
  return `${label(name)}${style(kind, formatBar(ratio, BAR_WIDTH))} ${formatPercent(ratio).padStart(7)}  ${detail}`;
}

function label(name: string): string {
  return name.padEnd(LABEL_WIDTH);
}

function filesystems({ sample, style }: View): string[] {
  const rows = Object.entries(sample.fs ?? {}).map(
    ([mountPoint, [used = 0, free = 0, reserved = 0, inodes = 0]]) => [
      mountPoint + (sample.ro?.includes(mountPoint) === true ? ' (read-only)' : ''),
      formatPercent(used / Math.max(1, used + free)),
      formatBytes(used),
      formatBytes(free),
      formatBytes(used + free + reserved),
      inodes === 0 ? '' : formatPercent(inodes),
    ],
  );
  return titled(style, ['filesystem', 'full', 'used', 'free', 'size', 'inodes'], rows);
}

function disks({ sample, rate, style }: View): string[] {
  const rows = Object.entries(sample.disk ?? {}).map(([name, row]) => {
    if (rate === undefined) return [name, formatBytes(row[0] ?? 0), formatBytes(row[1] ?? 0)];
    const of = (index: number) => rate((one) => one.disk?.[name], index);
    const operations = (of(2) + of(3)).toFixed(0);
    return [
      name,
      `${formatBytes(of(0))}/s`,
      `${formatBytes(of(1))}/s`,
      operations,
      formatPercent(Math.min(1, of(6))),
    ];
  });
  const since =
    rate === undefined ? ['read since boot', 'written'] : ['read', 'written', 'operations/s', 'busy'];
  return titled(style, ['disk', ...since], rows);
}

function interfaces({ sample, rate, style }: View): string[] {
  const rows = Object.entries(sample.net ?? {}).map(([name, row]) => {
    const [received = 0, sent = 0, , , rxErrors = 0, txErrors = 0, rxDrops = 0, txDrops = 0] = row;
    const trouble = [String(rxErrors + txErrors), String(rxDrops + txDrops)];
    if (rate === undefined) return [name, formatBytes(received), formatBytes(sent), ...trouble];
    const of = (index: number) => `${formatBytes(rate((one) => one.net?.[name], index))}/s`;
    return [name, of(0), of(1), ...trouble];
  });
  return titled(
    style,
    ['network', rate === undefined ? 'received since boot' : 'received', 'sent', 'errors', 'drops'],
    rows,
  );
}

function titled(
  style: View['style'],
  title: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  if (rows.length === 0) return [];
  const [head = '', ...lines] = formatTable([title, ...rows]);
  return [style('title', head), ...lines];
}

function rest({ sample, style }: View): string[] {
  const { temp, fan, proc, fd, cut } = sample;
  const lines: string[] = [];
  const list = (name: string, parts: readonly string[]) => {
    if (parts.length > 0) lines.push(label(name) + parts.join('  '));
  };
  list('sensors', [
    ...Object.entries(temp ?? {}).map(([name, celsius]) => `${name} ${celsius.toFixed(1)} °C`),
    ...Object.entries(fan ?? {}).map(([name, rpm]) => `${name} ${rpm} rpm`),
  ]);
  list('processes', [
    ...count(proc?.n, ''),
    ...count(proc?.run, 'running'),
    ...count(proc?.blocked, 'blocked'),
    ...count(proc?.threads, 'threads'),
  ]);
  list('files', [...count(fd?.used, 'open'), ...count(fd?.max, 'allowed')]);
  list(
    'left out',
    Object.entries(cut ?? {}).map(([group, entries]) => style('quiet', `${group} ${entries}`)),
  );
  return lines;
}

function count(value: number | undefined, what: string): string[] {
  return value === undefined ? [] : [`${value} ${what}`.trimEnd()];
}
