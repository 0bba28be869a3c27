import type { Logger } from '../../../shared/logging/logger.ts';
import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { StateStore } from '../../fleet/state-store.ts';
import type { Severity } from './incident.ts';
import type { IncidentKeeper } from './incident-keeper.ts';
import type { IncidentStore } from './incident-store.ts';
import type { IncidentFacts } from './life-cycle.ts';

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
}

/** The problems that other parts of the receiver report. */
export interface Problems {
  raise(problem: Problem): void;
  clear(key: string): void;
  report(problem: Problem): void;
  /** Writes what the disk did not take before. @throws when it does not take it now either */
  writeEarlier(): void;
}

/**
 * A problem is on disk before `raise` returns, and told a little later, together with others that come up at the same
 * time; the same of its end. A kill in between only delays the mail.
 */
export function watchProblems(options: ProblemsOptions): Problems {
  const { store, incidents, keeper, clock, log, onChange } = options;
  const unwritten: (() => void)[] = [];

  /** Writes to disk now, or as soon as that is possible again: whoever reports a full disk must not fail of it. */
  function write(work: () => void): void {
    try {
      if (unwritten.length > 0) throw new Error('earlier problems could not be written yet');
      store.transaction(work);
    } catch (err) {
      if (unwritten.length >= MAX_UNWRITTEN) {
        log.error({ err }, 'a problem could not be written, nobody is told of it');
        return;
      }
      unwritten.push(work);
    }
    onChange();
  }

  /** There is a limit to what anybody reads, and to what a disk should hold. */
  function hasRoom({ key, title }: Problem): boolean {
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
      const atMs = clock.now();
      const say = logOnce(problem);
      write(() => {
        if (!hasRoom(problem)) return;
        keeper.fire(factsOf(problem), atMs);
        say();
      });
    },
    report(problem) {
      const atMs = clock.now();
      const say = logOnce(problem);
      write(() => {
        const before = incidents.latest(problem.key);
        if (before !== undefined && before.openedMs > atMs - REPEAT_MS && before.openedMs <= atMs) return;
        if (!hasRoom(problem)) return;
        keeper.note(factsOf(problem), atMs);
        say();
      });
    },
    clear(key) {
      const atMs = clock.now();
      write(() => {
        if (keeper.over(key, atMs)) log.info({ key }, 'problem is over');
      });
    },
    writeEarlier() {
      for (let work = unwritten[0]; work !== undefined; work = unwritten[0]) {
        store.transaction(work);
        unwritten.shift();
      }
    },
  };
}

function factsOf({ key, node, severity, title, detail, to }: Problem): IncidentFacts {
  return { key, rule: 'problem', node, severity, title, detail: detail.slice(0, MAX_DETAIL), to };
}
