import type { Sample, StackedGroup } from '../../shared/sample/sample.ts';

/** The longest line of a log that this sampler writes, bytes. */
export const MAX_LINE_BYTES = 64 * 1024;

/**
 * How many entries each named group may have. What comes after is counted in `cut`, so what matters
 * must come first.
 */
export const MAX_ENTRIES = { fs: 64, disk: 64, net: 64, temp: 64, fan: 32 } as const;

/** Left out one after the other, the first first, while a line is too long. */
const LEAST_IMPORTANT_FIRST = ['fan', 'temp', 'ro', 'net', 'disk', 'fs', 'core'] as const;

const MAX_NAME_LENGTH = 100;

/** Names come again with every sample; those that were shortened, or needed not be. */
const shortNames = new Map<string, string>();
const MAX_KNOWN_NAMES = 500;

/**
 * Writes a sample as a line without `\n`: valid JSON of at most {@link MAX_LINE_BYTES} bytes,
 * whatever stands in its names. An empty group is left out.
 */
export function encodeSample(sample: Sample): string {
  const cut: Record<string, number> = {};
  const line: Record<string, unknown> = { ...sample };
  for (const group of Object.keys(MAX_ENTRIES) as (keyof typeof MAX_ENTRIES)[]) {
    line[group] = boundGroup<unknown>(sample[group], MAX_ENTRIES[group], (left) => {
      cut[group] = left;
    });
  }
  const readOnly = (sample.ro ?? []).slice(0, MAX_ENTRIES.fs).map(shortName);
  line['ro'] = readOnly.length === 0 ? undefined : readOnly;
  if (sample.stacked !== undefined) line['stacked'] = boundStacked(sample.stacked, line);
  return fit(sample, line, cut);
}

/** Those names only that stand in the line. */
function boundStacked(stacked: StackedGroup, line: Readonly<Record<string, unknown>>): StackedGroup {
  const bound = (group: 'net' | 'disk') => {
    const entries = Object(line[group]);
    return stacked[group]?.map(shortName).filter((name) => Object.hasOwn(entries, name));
  };
  return { net: bound('net'), disk: bound('disk') };
}

function fit(sample: Sample, line: Record<string, unknown>, cut: Record<string, number>): string {
  let text = JSON.stringify(Object.keys(cut).length === 0 ? line : { ...line, cut });
  for (const group of LEAST_IMPORTANT_FIRST) {
    // A UTF-16 unit is at most three bytes, so most lines need not be counted.
    if (text.length * 3 <= MAX_LINE_BYTES || Buffer.byteLength(text) <= MAX_LINE_BYTES) break;
    if (group === 'core') {
      cut['core'] = sample.cpu.core?.length ?? 0;
      line['cpu'] = { ...sample.cpu, core: undefined };
    } else if (line[group] !== undefined) {
      cut[group] = Object.keys(sample[group] ?? {}).length;
      line[group] = undefined;
    }
    text = JSON.stringify({ ...line, cut });
  }
  return text;
}

function boundGroup<Value>(
  group: Readonly<Record<string, Value>> | undefined,
  maxEntries: number,
  onCut: (left: number) => void,
): Record<string, Value> | undefined {
  if (group === undefined || isFit(group, maxEntries)) return group;
  const bounded: Record<string, Value> = Object.create(null);
  let kept = 0;
  let left = 0;
  for (const [name, value] of Object.entries(group)) {
    const key = shortName(name);
    if (kept >= maxEntries || key in bounded) {
      left += 1;
      continue;
    }
    bounded[key] = value;
    kept += 1;
  }
  if (left > 0) onCut(left);
  return kept === 0 ? undefined : bounded;
}

/** Whether a group can stand in a line as it is: nearly always. */
function isFit(group: Readonly<Record<string, unknown>>, maxEntries: number): boolean {
  const names = Object.keys(group);
  return names.length > 0 && names.length <= maxEntries && names.every((name) => shortName(name) === name);
}

/**
 * A name from outside, fit to be shown: without control characters, which would act on the terminal
 * of somebody who reads the log, and not too long.
 */
export function shortName(name: string): string {
  const known = shortNames.get(name);
  if (known !== undefined) return known;
  const short = shortened(name);
  if (shortNames.size >= MAX_KNOWN_NAMES) shortNames.clear();
  shortNames.set(name, short);
  return short;
}

function shortened(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const clean = name.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
  return clean.length <= MAX_NAME_LENGTH ? clean : `${clean.slice(0, MAX_NAME_LENGTH - 1)}…`;
}
