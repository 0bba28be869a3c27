/** The colours of the present theme, as a canvas wants them. */
export interface Colors {
  /** By number of the line: 0 is that of limits. */
  readonly series: readonly string[];
  readonly text: string;
  readonly grid: string;
  readonly outage: string;
  readonly alert: string;
}

/** Reads the colours from the style sheet. What a custom property means in this theme only shows where it is used as a colour. */
export function readColors(): Colors {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colors: Colors = {
    series: ['muted', ...[1, 2, 3, 4, 5, 6, 7, 8].map((number) => `series-${number}`)].map(read),
    text: read('muted'),
    grid: read('grid'),
    outage: read('band-outage'),
    alert: read('band-alert'),
  };
  probe.remove();
  return colors;
}

/** A colour as the browser computes it, `rgb(1, 2, 3)`, with less paint: 0 is none, 1 all of it. */
export function withAlpha(color: string, alpha: number): string {
  return color.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}
