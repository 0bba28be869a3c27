import type { Band } from '../../data/contract.ts';
import type { TimeWindow } from '../../data/load-series.ts';
import { GraphCard } from '../../graphs/graph-card.tsx';
import type { GraphSpec } from '../../graphs/graph-specs.ts';
import { fixed, type Range } from '../../graphs/range.ts';
import { goToRange, RangeBar } from '../../graphs/range-bar.tsx';
import { BandList } from './band-list.tsx';
import { Downloads } from './downloads.tsx';
import { TopPanel } from './top-panel.tsx';

/** Properties of {@link NodeGraphs}. */
export interface NodeGraphsProps {
  readonly name: string;
  readonly specs: readonly GraphSpec[];
  readonly range: Range;
  readonly window: TimeWindow;
  readonly bands: readonly Band[];
}

/** The past of a node, with what happened and who was busy beside it. */
export function NodeGraphs({ name, specs, range, window, bands }: NodeGraphsProps) {
  return (
    <>
      <RangeBar range={range} window={window} />
      <div class="node-columns">
        <div class="graphs">
          {specs.length === 0 && <p class="nothing">Nothing is known of this node’s past yet.</p>}
          {specs.map((spec) => (
            <GraphCard
              key={spec.id}
              node={name}
              spec={spec}
              window={window}
              bands={bands}
              onSelect={({ fromMs, toMs }) => goToRange(fixed(fromMs, toMs))}
            />
          ))}
        </div>
        <aside class="node-side" aria-label="Beside the graphs">
          <TopPanel node={name} endMs={window.toMs} />
          <BandList bands={bands} window={window} />
          <Downloads name={name} window={window} />
        </aside>
      </div>
    </>
  );
}
