import { useEffect } from 'preact/hooks';
import type { TimeWindow } from '../data/load-series.ts';
import { setQuery } from '../data/location.ts';
import { receiverNow } from '../data/now.ts';
import { Icon } from '../parts/icon.tsx';
import { isTyping } from '../parts/is-typing.ts';
import { formatRange } from '../text/format-time.ts';
import { PRESETS, type Range, shift, writeRange, zoom } from './range.ts';

/** Goes to a range; back returns to the one before. */
export function goToRange(range: Range): void {
  setQuery(writeRange(range), 'push');
}

/** Buttons for the usual ranges, to move and to zoom. The keys + and - zoom, [ and ] move. */
export function RangeBar({ range, window }: { range: Range; window: TimeWindow }) {
  useRangeKeys(range);
  return (
    <div class="range-bar">
      <fieldset class="choices">
        <legend class="unseen">Range</legend>
        {PRESETS.map(({ title, spanMs }) => (
          <button
            key={title}
            type="button"
            aria-pressed={range.kind === 'last' && range.spanMs === spanMs}
            onClick={() => goToRange({ kind: 'last', spanMs })}
          >
            {title}
          </button>
        ))}
      </fieldset>
      <div class="range-moves">
        <RangeButton label="Earlier" icon="back" to={() => shift(range, -0.5, receiverNow())} />
        <RangeButton label="Later" icon="next" to={() => shift(range, 0.5, receiverNow())} />
        <RangeButton label="Longer range" icon="minus" to={() => zoom(range, 2, receiverNow())} />
        <RangeButton label="Shorter range" icon="add" to={() => zoom(range, 0.5, receiverNow())} />
        {range.kind === 'fixed' && (
          <button type="button" class="plain" onClick={() => history.back()}>
            Back
          </button>
        )}
      </div>
      <p class="range-words">{formatRange(window.fromMs, window.toMs)}</p>
    </div>
  );
}

interface RangeButtonProps {
  readonly label: string;
  readonly icon: 'back' | 'next' | 'minus' | 'add';
  readonly to: () => Range;
}

function RangeButton({ label, icon, to }: RangeButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => goToRange(to())}
    >
      <Icon name={icon} />
    </button>
  );
}

function useRangeKeys(range: Range): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const next = rangeAfterKey(range, event.key);
      if (next !== undefined) goToRange(next);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [range]);
}

function rangeAfterKey(range: Range, key: string): Range | undefined {
  switch (key) {
    case '+':
      return zoom(range, 0.5, receiverNow());
    case '-':
      return zoom(range, 2, receiverNow());
    case '[':
      return shift(range, -0.5, receiverNow());
    case ']':
      return shift(range, 0.5, receiverNow());
    default:
      return undefined;
  }
}
