import type { Logger } from '../../../shared/logging/logger.ts';
import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { StateStore } from '../../fleet/state-store.ts';
import type { Severity } from './incident.ts';
import type { IncidentKeeper } from './incident-keeper.ts';
import type { IncidentStore } from './incident-store.ts';
import type { IncidentFacts } from './life-cycle.ts';
import { keepChange, type ProblemChange } from './unwritten.ts';

/** Problems open at the same time at most: twice as many as the largest fleet that this was built for has nodes. */
const MAX_OPEN = 10_000;

/** Changes that wait in memory for a disk that cannot be written, at most. */
const MAX_UNWRITTEN = 100;

/** How long an event with the same key is not reported again, ms. */
const REPEAT_MS = 3_600_000;

/** Longest detail kept, characters. */
const MAX_DETAIL = 10_000;

/** Something that the administrator must know. */
export interface Problem {
  /** What it is about, e.g. `mirror` or `set-aside:7:42`; the same key is the same problem. At most 200 characters. */
  readonly key: string;
  readonly node?: NodeName | undefined;
  readonly severity: Severity;
  /** One line, for the subject. May hold text from outside. */
  readonly title: string;
  /** More, and what to do about it; a line break makes a paragraph. May hold text from outside. */
  readonly detail: string;
  /** Who is told, where that is not everybody; addresses. */
  readonly to?: readonly string[] | undefined;
}

/** Options of {@link watchProblems}. */
export interface ProblemsOptions {
  readonly store: StateStore;
  readonly incidents: IncidentStore;
  readonly keeper: IncidentKeeper;
  readonly clock: Clock;
  readonly log: Logger;
  /** There may be something to tell. */
  readonly onChange: () => void;
  /** The disk did not take a change, which waits now. */
  readonly onFailure: (error: unknown) => void;
}

/** The problems that other parts of the receiver report. */
export interface Problems {
  raise(problem: Problem): void;
  clear(key: string): void;
  report(problem: Problem): void;
  /** What the disk has not taken yet, oldest first. */
  waiting(): readonly ProblemChange[];
  /** Writes what the disk did not take before. @throws when it does not take it now either */
  writeEarlier(): void;
}

/**
 * A problem is on disk before `raise` returns, and told a little later, together with others that come up at the same
 * time; the same of its end. A kill in between only delays the mail.
 */
export function watchProblems(options: ProblemsOptions): Problems {
  const { store, incidents, keeper, clock, log, onChange } = options;
  const waiting: ProblemChange[] = [];

  /** Writes to disk now, or as soon as that is possible again: whoever reports a full disk must not fail of it. */
  function write(change: ProblemChange): void {
    if (waiting.length > 0 || !isWritten(change)) keep(change);
    onChange();
  }

  function isWritten(change: ProblemChange): boolean {
    try {
      store.transaction(() => apply(change));
      return true;
    } catch (err) {
      options.onFailure(err);
      return false;
    }
  }

  function keep(change: ProblemChange): void {
    if (keepChange(waiting, change, MAX_UNWRITTEN)) return;
    log.error({ key: change.key }, 'a problem could not be recorded, and nobody hears of it');
  }

  function apply(change: ProblemChange): void {
    const { key, atMs } = change;
    if (change.kind === 'clear') {
      if (keeper.over(key, atMs)) log.info({ key }, 'problem is over');
      return;
    }
    if (change.kind === 'report' && isRepeated(key, atMs)) return;
    if (!hasRoom(change.facts)) return;
    if (change.kind === 'raise') keeper.fire(change.facts, atMs);
    else keeper.note(change.facts, atMs);
    change.say();
  }

  function isRepeated(key: string, atMs: number): boolean {
    const before = incidents.latest(key);
    return before !== undefined && before.openedMs > atMs - REPEAT_MS && before.openedMs <= atMs;
  }

  /** There is a limit to what anybody reads, and to what a disk should hold. */
  function hasRoom({ key, title }: IncidentFacts): boolean {
    if (incidents.countOpen('problem') < MAX_OPEN) return true;
    log.error({ key, title, max: MAX_OPEN }, 'too many open problems, nobody is told of this one');
    return false;
  }

  /** What cannot be written is tried twice a second, which must not fill the log as well. */
  function logOnce({ key, title }: Problem): () => void {
    let isLogged = false;
    return () => {
      if (!isLogged) log.warn({ key, title }, 'problem');
      isLogged = true;
    };
  }

  return {
    raise(problem) {
      const of = { key: problem.key, atMs: clock.now() };
      write({ ...of, kind: 'raise', facts: factsOf(problem), say: logOnce(problem) });
    },
    report(problem) {
      const of = { key: problem.key, atMs: clock.now() };
      write({ ...of, kind: 'report', facts: factsOf(problem), say: logOnce(problem) });
    },
    clear: (key) => write({ key, atMs: clock.now(), kind: 'clear' }),
    waiting: () => waiting,
    writeEarlier() {
      for (let change = waiting[0]; change !== undefined; change = waiting[0]) {
        const next = change;
        store.transaction(() => apply(next));
        waiting.shift();
      }
    },
  };
}

function factsOf({ key, node, severity, title, detail, to }: Problem): IncidentFacts {
  return { key, rule: 'problem', node, severity, title, detail: detail.slice(0, MAX_DETAIL), to };
}
