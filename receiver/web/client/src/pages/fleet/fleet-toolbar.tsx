import { useEffect, useRef } from 'preact/hooks';
import { counts, fleet } from '../../data/fleet.ts';
import { setQuery } from '../../data/location.ts';
import { Icon } from '../../parts/icon.tsx';
import { isTyping } from '../../parts/is-typing.ts';
import { STATE_WORDS, StateMark } from '../../parts/state-mark.tsx';
import { formatCount } from '../../text/format-value.ts';
import { SORTS, STATES } from './fleet-view.ts';
import type { FleetView } from './select-nodes.ts';

/** How many nodes are in each state, and what is shown of them. */
export function FleetToolbar({ view }: { view: FleetView }) {
  return (
    <div class="toolbar">
      <StateButtons view={view} />
      <FilterBox filter={view.filter} />
      <label class="sort-choice">
        <span class="unseen">Sort by</span>
        <select value={view.sort} onChange={({ currentTarget }) => sortBy(currentTarget.value)}>
          {SORTS.map(({ key, title }) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="toggle"
        aria-pressed={view.isGrouped}
        onClick={() => setQuery({ group: view.isGrouped ? undefined : 'tag' })}
      >
        <Icon name="group" />
        By tag
      </button>
    </div>
  );
}

function StateButtons({ view }: { view: FleetView }) {
  const known = STATES.filter((state) => (counts.value[state] ?? 0) > 0 || state === view.state);
  return (
    <fieldset class="states">
      <legend class="unseen">State</legend>
      <button
        type="button"
        class="state-button"
        aria-pressed={view.state === undefined}
        onClick={() => setQuery({ state: undefined })}
      >
        <strong>{formatCount(fleet.value.size)}</strong> {fleet.value.size === 1 ? 'node' : 'nodes'}
      </button>
      {known.map((state) => (
        <button
          key={state}
          type="button"
          class="state-button"
          aria-pressed={view.state === state}
          onClick={() => setQuery({ state: view.state === state ? undefined : state })}
        >
          <StateMark state={state} />
          <strong>{formatCount(counts.value[state] ?? 0)}</strong> {STATE_WORDS[state]}
        </button>
      ))}
    </fieldset>
  );
}

function FilterBox({ filter }: { filter: string }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  return (
    <div class="filter-box">
      <Icon name="search" />
      <label class="unseen" for="fleet-filter">
        Filter
      </label>
      <input
        id="fleet-filter"
        ref={input}
        type="search"
        placeholder="Filter: name, tag:web, -test"
        value={filter}
        onInput={({ currentTarget }) => setQuery({ filter: currentTarget.value })}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Escape') currentTarget.blur();
        }}
      />
      <kbd>/</kbd>
    </div>
  );
}

function sortBy(key: string): void {
  const column = SORTS.find((sort) => sort.key === key);
  setQuery({ sort: `${column?.startsDescending ? '-' : ''}${key}` });
}
