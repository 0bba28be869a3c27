import { useState } from 'preact/hooks';
import type { SeriesFamily } from '../../data/contract.ts';
import { fleet, nodeNames, sleeptime } from '../../data/fleet.ts';
import { setQuery } from '../../data/location.ts';
import { goToRange } from '../../graphs/range-bar.tsx';
import { Icon } from '../../parts/icon.tsx';

/** Properties of {@link CompareChoice}. */
export interface CompareChoiceProps {
  readonly families: readonly SeriesFamily[];
  /** Name of the series, such as `fs.used:/var`. */
  readonly metric: string;
  /** The chosen nodes; empty means all. */
  readonly chosen: readonly string[];
}

/** What is compared, and of whom. */
export function CompareChoice({ families, metric, chosen }: CompareChoiceProps) {
  const [family = '', part] = metric.split(/:(.*)/s, 2);
  const hasPart = part !== undefined;
  return (
    <div class="toolbar">
      <label>
        <span class="unseen">Metric</span>
        <select
          value={hasPart ? `${family}:*` : family}
          onChange={({ currentTarget }) => setQuery({ metric: currentTarget.value.replace('*', '') }, 'push')}
        >
          {families.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {hasPart && (
        <label>
          <span class="unseen">Mount, device, interface or sensor</span>
          <input
            value={part}
            placeholder="which: /, sda, eth0…"
            onChange={({ currentTarget }) => setQuery({ metric: `${family}:${currentTarget.value}` }, 'push')}
          />
        </label>
      )}
      <NodeChoice chosen={chosen} />
      <LastSamples />
    </div>
  );
}

function NodeChoice({ chosen }: { chosen: readonly string[] }) {
  const [text, setText] = useState('');
  const choose = (names: readonly string[]) => setQuery({ nodes: names.join(',') }, 'push');
  const add = (name: string) => {
    setText(name);
    if (!fleet.peek().has(name) || chosen.includes(name)) return;
    choose([...chosen, name]);
    setText('');
  };
  return (
    <div class="node-choice">
      {chosen.length === 0 && <span class="chip">all nodes</span>}
      {chosen.map((name) => (
        <button
          key={name}
          type="button"
          class="chip"
          aria-label={`Leave out ${name}`}
          onClick={() => choose(chosen.filter((other) => other !== name))}
        >
          {name} <Icon name="close" />
        </button>
      ))}
      <input
        list="all-nodes"
        aria-label="Add a node to the comparison"
        placeholder="Add a node…"
        value={text}
        onInput={({ currentTarget }) => add(currentTarget.value)}
      />
      <datalist id="all-nodes">
        {nodeNames.value.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {chosen.length > 0 && (
        <button type="button" class="plain" onClick={() => choose([])}>
          All
        </button>
      )}
    </div>
  );
}

/** A range told as a number of samples. */
function LastSamples() {
  return (
    <form
      class="last-samples"
      onSubmit={(event) => {
        event.preventDefault();
        const samples = Number(new FormData(event.currentTarget).get('samples'));
        if (samples > 0) goToRange({ kind: 'last', spanMs: samples * sleeptime.peek() * 1000 });
      }}
    >
      <label>
        last <input name="samples" type="number" min="10" step="1" placeholder="300" required /> samples
      </label>
      <button type="submit">Show</button>
    </form>
  );
}
