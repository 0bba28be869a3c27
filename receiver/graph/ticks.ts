import type { Unit } from '../history/series.ts';

/** A place on an axis with its label. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** The ends of the value axis and its ticks. */
export interface ValueAxis {
  readonly bottom: number;
  readonly top: number;
  readonly ticks: readonly Tick[];
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Round steps of time, ms. */
const TIME_STEPS_MS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);

const DAY_MS = 86_400_000;

/** An axis from 0, or from below when a value is, to a round number above the greatest. */
export function valueAxis(values: readonly number[], unit: Unit): ValueAxis {
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const least = values.reduce((a, b) => Math.min(a, b), 0);
  // Shares that are counted in ticks may be a little over 1.
  const isWhole = unit === 'ratio' && most <= 1.02 && most > 0.5;
  const span = isWhole ? 1 : most - least || 1;
  const step = isWhole ? 0.25 : roundStep(span / 4, unit);
  const bottom = Math.floor(least / step) * step;
  const top = isWhole ? 1 : Math.max(Math.ceil(most / step) * step, bottom + step);
  const count = Math.round((top - bottom) / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => {
    const at = bottom + index * step;
    return { at, label: formatValue(at, unit) };
  });
  return { bottom, top, ticks };
}

/** Ticks at round times of day, UTC; about `count` of them. */
export function timeTicks(fromMs: number, toMs: number, count: number): readonly Tick[] {
  const wanted = (toMs - fromMs) / count;
  const step = TIME_STEPS_MS.find((stepMs) => stepMs >= wanted) ?? Math.ceil(wanted / DAY_MS) * DAY_MS;
  const ticks: Tick[] = [];
  for (let at = Math.ceil(fromMs / step) * step; at <= toMs; at += step) {
    ticks.push({ at, label: formatTime(at, step) });
  }
  return ticks;
}

/** A value as it stands on an axis: `25 %`, `1.5 GiB/s`. */
export function formatValue(value: number, unit: Unit): string {
  switch (unit) {
    case 'ratio':
      return `${Number((value * 100).toPrecision(3))} %`;
    case 'bytes':
      return formatBytes(value);
    case 'bytes/s':
      return `${formatBytes(value)}/s`;
    case 'celsius':
      return `${Number(value.toPrecision(3))} °C`;
    case 'seconds':
      return value >= 2 * 86_400 ? `${Math.round(value / 86_400)} d` : `${Number(value.toPrecision(3))} s`;
    case '1/s':
      return `${Number(value.toPrecision(3))}/s`;
    case 'rpm':
    case 'count':
      return String(Number(value.toPrecision(4)));
    default:
      return unit satisfies never;
  }
}

function formatBytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(value) / 10));
  return `${Number((value / 1024 ** power).toPrecision(3))} ${BYTE_UNITS[power]}`;
}

/** 1, 2 or 5 times a power of ten; of bytes, a power of two. */
function roundStep(wanted: number, unit: Unit): number {
  if (unit === 'bytes' || unit === 'bytes/s') return 2 ** Math.ceil(Math.log2(Math.max(wanted, 1)));
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= wanted) ?? 10);
}

function formatTime(atMs: number, stepMs: number): string {
  const iso = new Date(atMs).toISOString();
  if (stepMs >= DAY_MS || (atMs % DAY_MS === 0 && stepMs >= 3_600_000)) return iso.slice(5, 10);
  return stepMs < 60_000 ? iso.slice(11, 19) : iso.slice(11, 16);
}
