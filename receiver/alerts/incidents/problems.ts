import type { Logger } from '../../../shared/logging/logger.ts';
import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { StateStore } from '../../fleet/state-store.ts';
import { composeProblems, composeProblemsOver } from '../mail/compose-problems.ts';
import type { PostOffice } from '../outbox/post-office.ts';
import type { Incident, Severity } from './incident.ts';
import type { IncidentStore } from './incident-store.ts';

/** Problems open at the same time at most; more than that nobody reads. */
const MAX_OPEN = 500;

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
}

/** Options of {@link watchProblems}. */
export interface ProblemsOptions {
  readonly store: StateStore;
  readonly incidents: IncidentStore;
  readonly post: PostOffice;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long problems are gathered into one mail, ms. */
  readonly groupMs: number;
}

/** The problems that other parts of the receiver report. */
export interface Problems {
  raise(problem: Problem): void;
  clear(key: string): void;
  report(problem: Problem): void;
  /** Tells what is due; true when a message was queued. */
  tell(): boolean;
}

/**
 * A problem is on disk before `raise` returns, and told a little later, together with others that come up at the same
 * time; the same of its end. A kill in between only delays the mail.
 */
export function watchProblems(options: ProblemsOptions): Problems {
  const { store, incidents, post, clock, log, groupMs } = options;
  /** Since when something waits to be told, of the clock that never jumps. */
  const unwritten: (() => void)[] = [];
  let waitingSince = incidents.unfinished('problem').some(isWaiting) ? clock.monotonic() : undefined;

  /** Writes to disk now, or as soon as that is possible again: whoever reports a full disk must not fail of it. */
  function write(work: () => void): void {
    waitingSince ??= clock.monotonic();
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
  }

  function writeEarlier(): void {
    for (let work = unwritten[0]; work !== undefined; work = unwritten[0]) {
      store.transaction(work);
      unwritten.shift();
    }
  }

  function begin(problem: Problem, span: Pick<Incident, 'openedMs' | 'endedMs'>, sinceMs: number): void {
    const { key, node, severity, title } = problem;
    if (incidents.exists(key, sinceMs)) return;
    if (incidents.countOpen('problem') >= MAX_OPEN) {
      log.error({ key, title, max: MAX_OPEN }, 'too many open problems, nobody is told of this one');
      return;
    }
    incidents.insert({
      ...span,
      key,
      rule: 'problem',
      node,
      severity,
      title,
      detail: problem.detail.slice(0, MAX_DETAIL),
      told: 'nothing',
      threadId: undefined,
    });
    log.warn({ key, title }, 'problem');
  }

  function tellAll(waiting: readonly Incident[]): void {
    const nowMs = clock.now();
    const news = waiting.filter((incident) => incident.told === 'nothing');
    const over = waiting.filter((incident) => incident.told === 'opening');
    store.transaction(() => {
      if (news.length > 0) {
        const threadId = post.open(composeProblems(news), nowMs);
        for (const { id, endedMs } of news) {
          incidents.markTold(id, endedMs === undefined ? 'opening' : 'end', threadId);
        }
      }
      for (const [threadId, ended] of Map.groupBy(over, (incident) => incident.threadId)) {
        if (threadId === undefined) continue;
        post.reply(threadId, composeProblemsOver(ended), nowMs);
        for (const { id } of ended) incidents.markTold(id, 'end', threadId);
      }
    });
  }

  return {
    raise(problem) {
      const openedMs = clock.now();
      write(() => begin(problem, { openedMs, endedMs: undefined }, Number.MAX_SAFE_INTEGER));
    },
    report(problem) {
      const atMs = clock.now();
      write(() => begin(problem, { openedMs: atMs, endedMs: atMs }, atMs - REPEAT_MS));
    },
    clear(key) {
      const endedMs = clock.now();
      write(() => {
        if (incidents.end(key, endedMs)) log.info({ key }, 'problem is over');
      });
    },
    tell() {
      if (waitingSince === undefined || clock.monotonic() - waitingSince < groupMs) return false;
      writeEarlier();
      const waiting = incidents.unfinished('problem').filter(isWaiting);
      if (waiting.length > 0) tellAll(waiting);
      waitingSince = undefined;
      return waiting.length > 0;
    },
  };
}

function isWaiting(incident: Incident): boolean {
  return incident.told === 'nothing' || incident.endedMs !== undefined;
}
