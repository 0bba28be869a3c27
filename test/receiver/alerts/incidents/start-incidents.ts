import { CALM_POLICY, type CalmPolicy } from '../../../../receiver/alerts/incidents/calm-policy.ts';
import type { DisconnectRuleOptions } from '../../../../receiver/alerts/incidents/disconnect-rule.ts';
import { type Incidents, watchIncidents } from '../../../../receiver/alerts/incidents/incidents.ts';
import type { Problem } from '../../../../receiver/alerts/incidents/problems.ts';
import { renderText } from '../../../../receiver/alerts/mail/document.ts';
import type { NoticeAlert } from '../../../../receiver/alerts/mail/notice.ts';
import type { PostOffice } from '../../../../receiver/alerts/outbox/post-office.ts';
import { type Silences, startSilences } from '../../../../receiver/alerts/silences/silences.ts';
import { type Fleet, startFleet } from '../../../../receiver/fleet/fleet.ts';
import { openStateStore, type StateStore } from '../../../../receiver/fleet/state-store.ts';
import { createLogger, type Logger } from '../../../../shared/logging/logger.ts';
import { parseNodeName } from '../../../../shared/names/node-name.ts';
import { type FakeClock, fakeClock } from '../../../helpers/fake-clock.ts';
import { aNode } from '../start-receiver-parts.ts';

/** A message, as the post office got it. */
export interface Letter {
  readonly threadId: number;
  /** Undefined for a reply. */
  readonly subject: string | undefined;
  readonly text: string;
  readonly about: readonly NoticeAlert[];
  /** ms since the start. */
  readonly atMs: number;
  readonly to: readonly string[] | undefined;
}

/** Incidents over a real fleet and a real state on disk; messages end in a list. */
export interface CalmParts extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly store: StateStore;
  readonly fleet: Fleet;
  readonly incidents: Incidents;
  readonly silences: Silences;
  readonly letters: readonly Letter[];
  /** Lets time pass and tells what becomes due, looking once a second, or every five if it is long. */
  pass(ms: number, lookMs?: number): Promise<void>;
  up(name: string): void;
  down(name: string): void;
  raise(key: string, more?: Partial<Problem>): void;
}

/** What the test cares about. */
export interface CalmOptions {
  readonly directory: string;
  readonly policy?: Partial<CalmPolicy> | undefined;
  readonly rule?: Partial<DisconnectRuleOptions> | undefined;
  readonly clock?: FakeClock | undefined;
  /** Silent unless given. */
  readonly log?: Logger | undefined;
}

/** Starts them; 2026-11-20, 22:00 UTC. */
export function startIncidents(options: CalmOptions): CalmParts {
  const clock = options.clock ?? fakeClock(Date.UTC(2026, 10, 20, 22));
  const startMs = Date.UTC(2026, 10, 20, 22);
  const log = options.log ?? createLogger('silent');
  const store = openStateStore(options.directory);
  // What is tested is not the disk; syncing it would take most of the time.
  store.database.exec('PRAGMA synchronous = OFF');
  const fleet = startFleet({ store, clock, log });
  const letters: Letter[] = [];
  const silences = startSilences({ store, clock, onChange: () => incidents.lookAgain() });
  const incidents = watchIncidents({
    store,
    fleet,
    post: recordingPost(store, letters, startMs),
    rule: { graceMs: 10_000, groupMs: 2_000, longestGroupMs: 15_000, ...options.rule },
    policy: { ...CALM_POLICY, ...options.policy },
    silenceOf: silences.silenceOf,
    readRecent: async () => undefined,
    clock,
    log,
    wakeIn: () => undefined,
  });
  return {
    clock,
    store,
    fleet,
    incidents,
    silences,
    letters,
    async pass(ms, lookMs = ms > 1_800_000 ? 5_000 : 1_000) {
      for (let left = ms; left > 0; left -= lookMs) {
        await clock.advance(Math.min(lookMs, left));
        await incidents.tell();
      }
    },
    up: (name) => fleet.connected({ ...aNode(name), atMs: clock.now() }),
    down: (name) => fleet.disconnected({ node: parseNodeName(name), how: 'reset', atMs: clock.now() }),
    raise: (key, more) =>
      incidents.raise({ key, severity: 'warning', title: `${key} is wrong`, detail: '', ...more }),
    async [Symbol.asyncDispose]() {
      incidents[Symbol.dispose]();
      await fleet[Symbol.asyncDispose]();
      store[Symbol.dispose]();
    },
  };
}

/** Threads get a row, since incidents refer to it. */
function recordingPost(store: StateStore, letters: Letter[], startMs: number): PostOffice {
  return {
    open({ subject, blocks, about = [], to }, nowMs) {
      const sql = 'INSERT INTO threads (subject, messages) VALUES (?, 1)';
      const threadId = Number(store.database.prepare(sql).run(subject).lastInsertRowid);
      letters.push({ threadId, subject, text: renderText(blocks), about, atMs: nowMs - startMs, to });
      return threadId;
    },
    reply(threadId, blocks, nowMs, about = []) {
      const text = renderText(blocks);
      letters.push({ threadId, subject: undefined, text, about, atMs: nowMs - startMs, to: undefined });
    },
  };
}
