import type { Problem } from '../alerts/alerts.ts';
import { NEVER_HOURS } from './fill-forecast.ts';
import { formatDuration } from './format-duration.ts';
import { goesByMean } from './mean-condition.ts';
import type { NamedRule, RuleChange } from './rules.ts';

/** Longest part of a title that comes from outside, characters. */
const MAX_PART = 60;

/** A rule that is raised, and by what. */
export type RaisedRule = Omit<RuleChange, 'kind' | 'sinceMs'>;

/** What a raised rule says to people. */
export function problemOf(change: RaisedRule): Problem {
  const { key, node, rule } = change;
  return {
    ...{ key: key.slice(0, 200), node, severity: rule.severity, to: rule.to },
    title: `node ${node}: ${factOf(change)}`,
    detail: `${adviceOf(change)}\nThe rule "${rule.name}" says so: ${thresholdOf(rule)}.`,
  };
}

function factOf({ rule, part, value, judged }: RaisedRule): string {
  const last = goesByMean(rule.kind) ? formatWindow(rule.for_seconds) : '';
  const name = part === undefined ? '' : clean(part);
  switch (rule.kind) {
    case 'cpu':
      return `the CPU ${last === '' ? 'is' : 'was'} ${percent(judged)} busy${last}`;
    case 'memory':
      return `${percent(judged)} of the memory ${last === '' ? 'is' : 'was'} used${last}`;
    case 'swap':
      return `${percent(value)} of the swap space is used`;
    case 'load':
      return `the load ${last === '' ? 'is' : 'was'} ${judged.toFixed(1)} for each processor${last}`;
    case 'filesystem':
      return `${name} is ${percent(value)} full`;
    case 'filesystem_hours_left':
      return `${name} will be full in about ${hours(value)}`;
    case 'inodes':
      return `${name} has used ${percent(value)} of its inodes`;
    case 'temperature':
      return `${name} ${last === '' ? 'is' : 'was'} at ${judged.toFixed(0)} °C${last}`;
    case 'pressure':
      return `programs ${last === '' ? 'wait' : 'waited'} for ${RESOURCES[name] ?? name} ${percent(judged)} of the time${last}`;
    case 'network_errors':
      return `${name} ${last === '' ? 'has' : 'had'} ${judged.toFixed(0)} errors a second${last}`;
    case 'clock_skew':
      return `its clock is ${formatDuration(value)} off`;
    case 'reboot':
      return 'it was rebooted unexpectedly';
    case 'log_stopped':
      return `it is connected, and has sent nothing for ${formatDuration(value)}`;
    case 'receiver_disk':
      return `the disk of the logs is ${percent(value)} full`;
    default:
      return rule.kind satisfies never;
  }
}

const RESOURCES: Readonly<Record<string, string>> = { cpu: 'a CPU', mem: 'memory', io: 'a disk' };

function adviceOf({ rule }: RaisedRule): string {
  switch (rule.kind) {
    case 'filesystem_hours_left':
      return 'That is where the line through the last six hours leads.';
    case 'clock_skew':
      return 'By the arrival of its samples. Graphs and times in its log are off by as much; look at its NTP service.';
    case 'log_stopped':
      return 'Its sender may hang, or its disk: look at "fleetkeep-sender status" there.';
    case 'inodes':
      return 'There are too many small files; no new one can be made when none is left, whatever space is free.';
    case 'swap':
      return 'When both memory and swap space are used up, the kernel ends programs.';
    default:
      return 'The graph shows how it came to that.';
  }
}

/**
 * The window whose mean was taken, as it stands at the end of a sentence; empty where there is
 * none.
 */
function formatWindow(seconds: number): string {
  return seconds === 0 ? '' : ` over the last ${formatDuration(seconds)}`;
}

function thresholdOf({ kind, raise, clear, for_seconds: forSeconds }: NamedRule): string {
  const [from, to] = [inUnit(kind, raise), inUnit(kind, clear)];
  if (goesByMean(kind) && forSeconds > 0)
    return `raised when the mean over ${formatDuration(forSeconds)} is at ${from}, over when it is at ${to}`;
  const lasting = forSeconds === 0 ? '' : ` for ${formatDuration(forSeconds)}`;
  return `raised at ${from}${lasting}, over at ${to}`;
}

function inUnit(kind: NamedRule['kind'], value: number): string {
  switch (kind) {
    case 'load':
      return `${value} for each processor`;
    case 'temperature':
      return `${value} °C`;
    case 'filesystem_hours_left':
      return `${value} h`;
    case 'network_errors':
      return `${value} a second`;
    case 'clock_skew':
    case 'log_stopped':
      return formatDuration(value);
    case 'reboot':
      return String(value);
    default:
      return percent(value);
  }
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

function hours(value: number): string {
  return value >= NEVER_HOURS ? 'a long time' : formatDuration(value * 3600);
}

/** Names of mounts and sensors come from outside. */
function clean(part: string): string {
  return part.replace(/\p{C}/gu, '�').slice(0, MAX_PART);
}
