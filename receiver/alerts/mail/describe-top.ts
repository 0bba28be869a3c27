import { cleanText } from '../../../shared/mail/clean-text.ts';
import { formatMoment } from '../../../shared/time/format-time.ts';
import type { Fact } from './document.ts';
import { formatBytes, formatPercent } from './format-value.ts';
import { type Group, group, momentMs, number, parseObject } from './read-value.ts';

/** Processes of each kind that a mail shows. */
const MAX_PROCESSES = 5;

/** The busiest processes for people. */
export interface TopDescription {
  /** When they were looked at, or undefined when the line does not say so. */
  readonly taken: string | undefined;
  readonly facts: readonly Fact[];
}

/**
 * Describes a `top` line of a log (`docs/log-format.md`): who used the processor most, then who the memory. Undefined when
 * there is nothing to show. Never throws.
 */
export function describeTop(line: string, timeZone?: string): TopDescription | undefined {
  const object = parseObject(line);
  const top = group(object?.['top']);
  const facts = [...describeList('cpu', top?.['cpu']), ...describeList('memory', top?.['mem'])];
  if (facts.length === 0) return undefined;
  const atMs = momentMs(object?.['t']);
  return { taken: atMs === undefined ? undefined : formatMoment(atMs, timeZone), facts };
}

function describeList(label: string, value: unknown): readonly Fact[] {
  if (!Array.isArray(value)) return [];
  const processes = value.slice(0, MAX_PROCESSES).flatMap((one: unknown) => describeProcess(group(one)));
  return processes.map((text, index) => [index === 0 ? `most ${label}` : '', text]);
}

function describeProcess(process: Group | undefined): readonly string[] {
  const name = process?.['name'];
  if (typeof name !== 'string') return [];
  const cpu = number(process?.['cpu']);
  const memory = number(process?.['rss']);
  const pid = number(process?.['pid']);
  const values = [
    ...(cpu === undefined ? [] : [formatPercent(cpu)]),
    ...(memory === undefined ? [] : [formatBytes(memory)]),
  ];
  return [`${cleanText(name, 40)}${pid === undefined ? '' : ` (${pid})`}: ${values.join(', ')}`];
}
