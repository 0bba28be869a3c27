import type uPlot from 'uplot';

const SHARE = 0.01;

/** Lets the arrow keys move the cursor by a hundredth of the width, with Shift by a tenth; Escape takes it away. */
export function moveCursor(chart: uPlot, event: KeyboardEvent): void {
  const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
  if (event.key === 'Escape') setCursor(chart, -10);
  if (step === 0) return;
  event.preventDefault();
  const width = chart.over.clientWidth;
  const now = chart.cursor.left ?? -1;
  const from = now < 0 ? (step < 0 ? width : 0) : now;
  const next = from + step * width * SHARE * (event.shiftKey ? 10 : 1);
  setCursor(chart, Math.min(width - 1, Math.max(0, next)));
}

/** Lets a finger move the cursor; the page still scrolls up and down. */
export function watchTouch(chart: uPlot): () => void {
  const move = (event: TouchEvent) => {
    const touch = event.touches[0];
    if (touch !== undefined) setCursor(chart, touch.clientX - chart.over.getBoundingClientRect().left);
  };
  chart.over.addEventListener('touchstart', move, { passive: true });
  chart.over.addEventListener('touchmove', move, { passive: true });
  return () => {
    chart.over.removeEventListener('touchstart', move);
    chart.over.removeEventListener('touchmove', move);
  };
}

/** Moves the cursor of this chart and of those that share it; the third parameter is missing in uPlot's types. */
function setCursor({ setCursor }: uPlot, left: number): void {
  const set = setCursor as (at: { left: number; top: number }, fires: boolean, shares: boolean) => void;
  set({ left, top: left < 0 ? -10 : 10 }, true, true);
}
