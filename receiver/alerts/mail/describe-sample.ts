import { cleanText } from '../../../shared/mail/clean-text.ts';
import { isCelsius } from '../../../shared/sample/limits.ts';
import { formatDuration, formatMoment } from '../../../shared/time/format-time.ts';
import type { Fact } from './document.ts';
import { formatBytes as bytes, formatPercent as percent } from './format-value.ts';
import { type Group, group, momentMs, number, parseObject } from './read-value.ts';

/** Entries of a group (file systems, sensors) that a mail shows at most. */
const MAX_ENTRIES = 12;

/** The values of a sample for people. */
export interface SampleDescription {
  /** When it was taken, or undefined when it does not say so. */
  readonly taken: string | undefined;
  readonly facts: readonly Fact[];
}

/**
 * Describes a line of a log (`docs/log-format.md`). Shows what it understands and passes over the rest, since the line may
 * come from another version or be damaged; undefined when there is nothing to show. Never throws.
 *
 * @param timeZone IANA name; the machine's own when left out
 */
export function describeSample(line: string, timeZone?: string): SampleDescription | undefined {
  const sample = parseObject(line);
  if (sample === undefined) return undefined;
  const facts = [
    cpuFact(sample['cpu']),
    loadFact(sample['load']),
    memoryFact('memory', group(sample['mem'])),
    memoryFact('swap', group(sample['swap'])),
    ...fileSystemFacts(sample['fs'], sample['ro']),
    temperatureFact(sample['temp']),
    processFact(group(sample['proc'])),
    uptimeFact(sample['up']),
  ].filter((fact) => fact !== undefined);
  return facts.length === 0 ? undefined : { taken: momentOf(sample['t'], timeZone), facts };
}

function entries(value: unknown): [string, unknown][] {
  return Object.entries(group(value) ?? {}).slice(0, MAX_ENTRIES);
}

function momentOf(value: unknown, timeZone?: string): string | undefined {
  const atMs = momentMs(value);
  return atMs === undefined ? undefined : formatMoment(atMs, timeZone);
}

const BUSY_MODES = ['user', 'nice', 'system', 'interrupt', 'softirq', 'steal'] as const;

function cpuFact(value: unknown): Fact | undefined {
  const util = group(group(value)?.['util']);
  if (util === undefined) return undefined;
  const share = (mode: string) => number(util[mode]) ?? 0;
  const busy = BUSY_MODES.reduce((sum, mode) => sum + share(mode), 0);
  const shown = ['user', 'system', 'iowait', 'steal'].filter((mode) => share(mode) >= 0.005);
  const modes = shown.map((mode) => `${mode} ${percent(share(mode))}`).join(', ');
  return ['cpu', modes === '' ? percent(busy) : `${percent(busy)} (${modes})`];
}

function loadFact(value: unknown): Fact | undefined {
  if (!Array.isArray(value)) return undefined;
  // The line leaves out zeros at the end.
  const loads = [0, 1, 2].map((index) => number(value[index]) ?? 0);
  return ['load', `${loads.map((load) => load.toFixed(2)).join(', ')} (1, 5, 15 min)`];
}

function memoryFact(label: string, memory: Group | undefined): Fact | undefined {
  const total = number(memory?.['total']);
  if (memory === undefined || total === undefined || total === 0) return undefined;
  const available = number(memory['avail']);
  const used = number(memory['used']) ?? (available === undefined ? undefined : total - available);
  if (used === undefined || used < 0 || used > total) return undefined;
  return [label, usage(used, total)];
}

function fileSystemFacts(value: unknown, readOnly: unknown): Fact[] {
  const isReadOnly = (mount: string) => Array.isArray(readOnly) && readOnly.includes(mount);
  return entries(value).flatMap(([mount, row]): Fact[] => {
    if (!Array.isArray(row)) return [];
    const [used = 0, free = 0, reserved = 0] = [0, 1, 2].map((index) => number(row[index]) ?? 0);
    if (used + free === 0) return [];
    // As df(1): what is reserved for root is of no use to anybody else.
    const full = `${percent(used / (used + free))} (${bytes(used)} of ${bytes(used + free + reserved)})`;
    const note = isReadOnly(mount) ? ', read-only' : '';
    return [[`disk ${cleanText(mount, 40)}`, `${full}, ${bytes(free)} free${note}`]];
  });
}

function temperatureFact(value: unknown): Fact | undefined {
  const sensors = entries(value).flatMap(([name, celsius]) =>
    typeof celsius === 'number' && isCelsius(celsius)
      ? [`${cleanText(name, 40)} ${celsius.toFixed(0)} °C`]
      : [],
  );
  return sensors.length === 0 ? undefined : ['temperature', sensors.join(', ')];
}

function processFact(processes: Group | undefined): Fact | undefined {
  const count = number(processes?.['n']);
  if (count === undefined) return undefined;
  const blocked = number(processes?.['blocked']) ?? 0;
  return ['processes', blocked === 0 ? `${count}` : `${count}, ${blocked} of them waiting for a disk`];
}

function uptimeFact(value: unknown): Fact | undefined {
  const seconds = number(value);
  return seconds === undefined ? undefined : ['running for', formatDuration(seconds * 1000)];
}

function usage(used: number, total: number): string {
  return `${percent(used / total)} (${bytes(used)} of ${bytes(total)})`;
}
