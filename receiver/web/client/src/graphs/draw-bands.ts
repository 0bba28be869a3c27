import type uPlot from 'uplot';
import type { Band } from '../data/contract.ts';
import type { Colors } from './read-colors.ts';

const LEAST_PX = 2;

/** Paints outages and alerts behind the lines. */
export function drawBands(chart: uPlot, bands: readonly Band[], colors: Colors): void {
  const { ctx, bbox } = chart;
  const { min = 0, max = 0 } = chart.scales['x'] ?? {};
  ctx.save();
  for (const { kind, fromMs, toMs } of bands) {
    if (fromMs > max || (toMs ?? max) < min) continue;
    const left = chart.valToPos(Math.max(fromMs, min), 'x', true);
    const right = chart.valToPos(Math.min(toMs ?? max, max), 'x', true);
    ctx.fillStyle = kind === 'outage' ? colors.outage : colors.alert;
    ctx.fillRect(left, bbox.top, Math.max(LEAST_PX, right - left), bbox.height);
  }
  ctx.restore();
}
