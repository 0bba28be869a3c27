import { useMemo } from 'preact/hooks';
import type { Column } from '../data/contract.ts';
import { type Scale, sparklinePaths } from './sparkline-path.ts';

const BOX = { width: 80, height: 22 } as const;

/** Properties of {@link Sparkline}. */
export interface SparklineProps {
  readonly column: Column | undefined;
  readonly scale: Scale;
  /** Colours it as something to look at. */
  readonly level?: 'normal' | 'high' | undefined;
}

/** The last hour of one series. It says nothing that the number beside it and the node's page do not, so readers of the screen pass over it. */
export function Sparkline({ column, scale, level = 'normal' }: SparklineProps) {
  const { min, max } = scale;
  const paths = useMemo(() => column && sparklinePaths(column, { min, max }, BOX), [column, min, max]);
  return (
    <svg
      class={`sparkline sparkline-${level}`}
      viewBox={`0 0 ${BOX.width} ${BOX.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {paths && <path class="sparkline-area" d={paths.area} />}
      {paths && <path class="sparkline-line" d={paths.line} />}
    </svg>
  );
}
