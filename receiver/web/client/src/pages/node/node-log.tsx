import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../parts/icon.tsx';
import { useSettled } from '../../parts/use-settled.ts';
import { appendLines, type LogLine, layOut, parseLine } from './log-lines.ts';

const REST_MS = 300;
const NEAR_END_PX = 40;

/** The end of a node's log as it is written. */
export function NodeLog({ name }: { name: string }) {
  const [filter, setFilter] = useState('');
  const [isPaused, setPaused] = useState(false);
  const { lines, isOpen } = useTail(name, useSettled(filter, REST_MS), isPaused);
  return (
    <section class="log" aria-label="Log">
      <div class="toolbar">
        <label class="filter-box">
          <Icon name="search" />
          <span class="unseen">Only lines with</span>
          <input
            type="search"
            placeholder="Only lines with…"
            value={filter}
            onInput={({ currentTarget }) => setFilter(currentTarget.value)}
          />
        </label>
        <button type="button" class="toggle" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          <Icon name={isPaused ? 'play' : 'pause'} />
          {isPaused ? 'Go on' : 'Pause'}
        </button>
        <p class="log-state muted" role="status">
          {isPaused ? 'Paused' : isOpen ? 'Live' : 'Waiting for the receiver…'}
        </p>
      </div>
      <LineList lines={lines} isFollowed={!isPaused} />
    </section>
  );
}

/** Stays at the end while the reader is there, and leaves him alone when he scrolled up. */
function LineList({ lines, isFollowed }: { lines: readonly LogLine[]; isFollowed: boolean }) {
  const box = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (isFollowed && isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, isFollowed]);
  return (
    <ol
      ref={box}
      class="log-lines"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Newest lines"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      }}
    >
      {lines.map((line) => (
        <LogEntry key={line.id} line={line} />
      ))}
    </ol>
  );
}

/** A line cut to the width of the page; opened, it is laid out for people. */
function LogEntry({ line }: { line: LogLine }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <li>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <span class="log-time">{line.clock}</span>
          <span class={`log-kind log-kind-${line.kind}`}>{line.kind}</span>
          <code>{line.text}</code>
        </summary>
        {isOpen && <pre>{layOut(line.text)}</pre>}
      </details>
    </li>
  );
}

function useTail(name: string, filter: string, isPaused: boolean) {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [isOpen, setOpen] = useState(false);
  const held = useRef<readonly LogLine[]>([]);
  const paused = useRef(isPaused);
  paused.current = isPaused;
  useEffect(() => {
    held.current = [];
    setLines([]);
    const source = new EventSource(
      `/api/nodes/${encodeURIComponent(name)}/tail?filter=${encodeURIComponent(filter)}`,
    );
    source.addEventListener('open', () => {
      // After a break the receiver sends the last hundred lines anew.
      held.current = [];
      setOpen(true);
    });
    source.addEventListener('error', () => setOpen(false));
    source.addEventListener('line', ({ data }) => {
      held.current = appendLines(held.current, [parseLine(data)]);
      if (!paused.current) setLines(held.current);
    });
    return () => source.close();
  }, [name, filter]);
  useEffect(() => {
    if (!isPaused) setLines(held.current);
  }, [isPaused]);
  return { lines, isOpen };
}
